#include "orchestrator/report/tensorboard.h"

#include <map>
#include <string>

#include "base/durable_file.h"
#include "base/error.h"
#include "orchestrator/report/table_reader.h"
#include "orchestrator/report/tensorboard_record.h"

namespace radsweep::report {
namespace {

// An epoch's time is its attempt's start and the seconds of the attempt's epochs up to it: what
// the database knows of when it was measured.
constexpr const char* kMetrics = R"(
SELECT run.name AS run, run.created_ms / 1000 AS added_s, metric.epoch, metric.name AS tag,
       metric.value,
       attempt.started_ms / 1000.0 +
         coalesce((SELECT sum(earlier.value) FROM metric AS earlier
                   WHERE earlier.run_id = metric.run_id AND earlier.attempt = metric.attempt
                     AND earlier.name = 'seconds' AND earlier.epoch <= metric.epoch), 0) AS at_s
FROM metric
JOIN run ON run.id = metric.run_id
JOIN attempt ON attempt.run_id = metric.run_id AND attempt.attempt = metric.attempt
WHERE run.current = 1
ORDER BY metric.run_id, metric.epoch, metric.name)";

struct EventFile {
  std::filesystem::path path;
  std::string records;
};

// A run's name is a folder of its own here; in a database from elsewhere it may be anything.
std::filesystem::path file_of(const std::string& run, std::int64_t added_s) {
  if (run.find('/') != run.npos || run == "." || run == "..") {
    throw Error(ExitCode::environment, "export the run", run, "its name is no name of a folder");
  }
  return std::filesystem::path(run) /
         ("events.out.tfevents." + std::to_string(added_s) + ".radsweep");
}

std::map<std::string, EventFile> event_files(db::Database& database) {
  std::map<std::string, EventFile> files;
  TableReader rows(db::query(database, kMetrics));
  while (rows.next()) {
    const std::int64_t added_s = rows.integer("added_s");
    EventFile& file = files[rows.text("run")];
    if (file.records.empty()) {
      file.path = file_of(rows.text("run"), added_s);
      file.records = version_record(static_cast<double>(added_s));
    }
    file.records += scalar_record(*rows.optional_real("at_s"), rows.integer("epoch"),
                                  rows.text("tag"), *rows.optional_real("value"));
  }
  return files;
}

}  // namespace

int write_tensorboard(db::Database& database, const std::filesystem::path& folder) {
  const auto files = event_files(database);
  for (const auto& [run, file] : files) {
    create_folders((folder / file.path).parent_path());
    replace_file(folder / file.path, file.records);
  }
  return static_cast<int>(files.size());
}

}  // namespace radsweep::report
