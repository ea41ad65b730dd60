// radsweep logs: what workers printed.
#include <poll.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/durable_file.h"
#include "base/error.h"
#include "db/query.h"
#include "orchestrator/commands/verbs.h"
#include "orchestrator/run_names.h"
#include "worker/attempt/alive_lock.h"
#include "worker/attempt/attempt_files.h"

namespace radsweep::orchestrator {
namespace fs = std::filesystem;
namespace {

struct Options {
  std::vector<std::string> words;  // [STORE] RUN...
  std::optional<int> attempt;
  bool follow = false;
  bool json = false;
};

struct Log {
  std::string run;
  int attempt = 0;
  fs::path folder;
  fs::path file() const { return folder / attempt::kLogFile; }
};

int newest_attempt(db::Database& database, const std::string& run) {
  const db::Table table =
      db::query(database, "SELECT attempts FROM runs WHERE run_id = ?1", {db::Value(run)});
  return static_cast<int>(std::get<std::int64_t>(table.rows.at(0).at(0)));
}

Log find_log(const Store& store, db::Database& database, const std::string& run,
             std::optional<int> wanted) {
  const int newest = newest_attempt(database, run);
  const int number = wanted.value_or(newest);
  Log log{run, number, store.attempt(run, number)};
  if (!fs::exists(log.file())) {
    throw Error(ExitCode::usage, "print", log.file().string(),
                newest == 0 ? "the run was never started" : "there is no such log",
                newest == 0 ? "" : "--attempt 1 to " + std::to_string(newest));
  }
  return log;
}

std::vector<Log> find_logs(const Options& options) {
  const auto [store, runs] = split_store_and_runs(options.words);
  if (runs.empty()) {
    throw Error(ExitCode::usage, "print", "logs", "no run is named", "radsweep logs [STORE] RUN");
  }
  if (options.follow && runs.size() > 1) {
    throw Error(ExitCode::usage, "follow", std::to_string(runs.size()) + " logs",
                "only one can be followed", "name one run, or leave out --follow");
  }
  db::Database database = db::Database::open_for_reading(store.database());
  const std::vector<std::string> known = run_names(database);
  std::vector<Log> logs;
  for (const std::string& typed : runs) {
    logs.push_back(find_log(store, database, resolve_run(known, typed), options.attempt));
  }
  return logs;
}

// Prints what `log` holds from `offset` on; returns where it ended.
std::streamoff print_from(const fs::path& log, std::streamoff offset) {
  std::ifstream file(log, std::ios::binary);
  file.seekg(offset);
  char buffer[16 * 1024];
  while (file.read(buffer, sizeof buffer), file.gcount() > 0) {
    std::cout.write(buffer, file.gcount());
    offset += file.gcount();
  }
  std::cout.flush();
  return offset;
}

// Of a Slurm job, and it has not said how it ended; its lock proves nothing here.
bool is_on_a_node(const std::filesystem::path& folder) {
  return std::filesystem::exists(folder / attempt::kSlurmFile) &&
         !std::filesystem::exists(folder / attempt::kExitFile) &&
         !std::filesystem::exists(folder / attempt::kResultFile);
}

void follow(const Log& log) {
  std::streamoff offset = 0;
  while (true) {
    // before reading: no last line lost
    const bool lives = attempt::probe_alive_lock(log.folder).held || is_on_a_node(log.folder);
    offset = print_from(log.file(), offset);
    if (!lives) return;
    ::poll(nullptr, 0, 200);
  }
}

void print_json(const std::vector<Log>& logs) {
  auto list = nlohmann::ordered_json::array();
  for (const Log& log : logs) {
    list.push_back({{"run", log.run}, {"attempt", log.attempt}, {"log", read_file(log.file())}});
  }
  std::cout << list.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << std::endl;
}

// Several are told apart as tail(1) does.
void print_text(const std::vector<Log>& logs) {
  for (const Log& log : logs) {
    if (logs.size() > 1) {
      std::cout << (&log == &logs.front() ? "" : "\n") << "==> " << log.run << " attempt "
                << log.attempt << " <==\n";
    }
    print_from(log.file(), 0);
  }
}

constexpr const char* kFooter = R"(
Examples:
  radsweep logs 480-densenet161-s3 -f
  radsweep logs runs/demo 64-small-s1 64-small-s2 --attempt 1
)";

}  // namespace

void add_logs(CLI::App& app, int&) {
  auto options = std::make_shared<Options>();  // lives as long as the callback
  CLI::App* verb = app.add_subcommand("logs", "Print what the workers of runs printed");
  verb->footer(kFooter);
  verb->add_option("RUN", options->words, "[STORE] and runs, by name or unique beginning")
      ->required();
  verb->add_option("--attempt", options->attempt, "Which attempt (default: the newest)");
  CLI::Option* go_on = verb->add_flag("-f,--follow", options->follow);
  go_on->description("Go on until the worker ends");
  verb->add_flag("--json", options->json)->description("As JSON")->excludes(go_on);
  verb->callback([options] {
    const std::vector<Log> logs = find_logs(*options);
    if (options->follow) return follow(logs.front());
    options->json ? print_json(logs) : print_text(logs);
  });
}

}  // namespace radsweep::orchestrator
