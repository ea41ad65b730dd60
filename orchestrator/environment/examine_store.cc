#include "orchestrator/environment/examine_store.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/hash.h"
#include "db/backup.h"
#include "db/query.h"
#include "worker/attempt/alive_lock.h"
#include "worker/attempt/attempt_files.h"

namespace radsweep::orchestrator {
namespace fs = std::filesystem;
namespace {

using Level = Finding::Level;
using AttemptName = std::pair<std::string, std::int64_t>;  // run, number

std::string text_of(const db::Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return std::to_string(*whole);
  return {};
}

class StoreExam {
 public:
  explicit StoreExam(const Store& store)
      : store_(store), database_(db::Database::open_for_reading(store.database())) {}

  Findings run() {
    check("database", "whole", [this] { database_is_whole(); });
    check("attempts", "every running run has its one open attempt", [this] { open_attempts(); });
    check("results", "every done run has its result", [this] { results(); });
    check("weights", "every result's file is there and unchanged", [this] { weights(); });
    check("folders", "every attempt folder belongs to an attempt", [this] { folders(); });
    check("workers", "none works on an ended attempt", [this] { workers(); });
    return std::move(findings_);
  }

 private:
  // Runs one check; adds an ok finding when it had nothing to say.
  template <typename Check>
  void check(const std::string& subject, const std::string& promise, Check look) {
    const std::size_t before = findings_.size();
    try {
      look();
    } catch (const Error& error) {
      add(subject, error.why(), error.hint());
    }
    if (findings_.size() == before) findings_.push_back({Level::ok, subject, promise, ""});
  }

  void add(std::string subject, std::string text, std::string fix) {
    findings_.push_back({Level::problem, std::move(subject), std::move(text), std::move(fix)});
  }

  std::vector<std::vector<db::Value>> rows(const char* sql) {
    return db::query(database_, sql).rows;
  }

  void database_is_whole() {
    const std::string fix = db::how_to_restore(store_.database());
    for (const auto& row : rows("PRAGMA integrity_check")) {
      if (text_of(row[0]) != "ok") add("database", text_of(row[0]), fix);
    }
    for (const auto& row : rows("PRAGMA foreign_key_check")) {
      add("database",
          "a row of " + text_of(row[0]) + " refers to a missing row of " + text_of(row[2]), fix);
    }
  }

  void open_attempts() {
    const auto wrong = rows(
        "SELECT run.name, run.state, count(attempt.attempt) FROM run LEFT JOIN attempt "
        "ON attempt.run_id = run.id AND attempt.ended_ms IS NULL GROUP BY run.id "
        "HAVING count(attempt.attempt) <> (run.state IN ('running', 'stopping')) "
        "ORDER BY run.name");
    for (const auto& row : wrong) {
      add("run " + text_of(row[0]),
          "it is " + text_of(row[1]) + " with " + text_of(row[2]) + " open attempts",
          "something else than radsweep changed the database: put a backup copy in its place");
    }
  }

  void results() {
    const auto wrong = rows(
        "SELECT run.name FROM run LEFT JOIN result ON result.run_id = run.id "
        "WHERE (run.state = 'done') <> (result.run_id IS NOT NULL) "
        "OR result.attempt > run.attempt ORDER BY run.name");
    for (const auto& row : wrong) {
      add("run " + text_of(row[0]), "its state and its result do not belong together",
          "something else than radsweep changed the database: put a backup copy in its place");
    }
  }

  void weights() {
    for (const auto& row :
         rows("SELECT run.name, result.weights, result.weights_sha256 FROM result "
              "JOIN run ON run.id = result.run_id WHERE result.weights <> '' ORDER BY run.name")) {
      const fs::path file = store_.root() / text_of(row[1]);
      const std::string subject = "run " + text_of(row[0]);
      const std::string fix =
          "restore the file from a copy of the store; the run's numbers are in the database and "
          "not "
          "affected";
      if (!fs::exists(file)) {
        add(subject, "its weights are missing: " + file.string(), fix);
      } else if (sha256_of_file(file) != text_of(row[2])) {
        add(subject, "its weights are not those of its result: " + file.string(), fix);
      }
    }
  }

  // Attempts by whether they have ended in the database.
  std::set<AttemptName> attempts(const char* where) {
    std::set<AttemptName> names;
    const std::string sql =
        "SELECT run.name, attempt.attempt FROM attempt "
        "JOIN run ON run.id = attempt.run_id WHERE " +
        std::string(where);
    for (const auto& row : rows(sql.c_str())) {
      names.emplace(text_of(row[0]), std::get<std::int64_t>(row[1]));
    }
    return names;
  }

  void folders() {
    const auto known = attempts("true");
    for (const fs::directory_entry& run : fs::directory_iterator(store_.root())) {
      if (!run.is_directory()) continue;
      for (const fs::directory_entry& attempt : fs::directory_iterator(run.path())) {
        const std::string number = attempt.path().filename().string();
        const bool is_attempt = attempt.is_directory() && number.size() < 10 &&
                                number.find_first_not_of("0123456789") == std::string::npos;
        if (!is_attempt || known.count({run.path().filename().string(), std::stoll(number)}) > 0) {
          continue;
        }
        // Of a Slurm job: nobody has collected it yet.
        if (fs::exists(attempt.path() / radsweep::attempt::kSlurmFile)) continue;
        add("folder", attempt.path().string() + " belongs to no attempt in the database",
            "radsweep run takes it in when the database was restored from an older copy; "
            "otherwise remove the folder");
      }
    }
  }

  void workers() {
    for (const auto& [run, number] : attempts("attempt.ended_ms IS NOT NULL")) {
      const auto alive = attempt::probe_alive_lock(store_.attempt(run, static_cast<int>(number)));
      if (!alive.held) continue;
      const std::string who =
          alive.process ? "process " + std::to_string(alive.process->pid) : "a process";
      add("run " + run,
          who + " still works on attempt " + std::to_string(number) + ", which has ended",
          "radsweep stop " + store_.root().string());
    }
  }

  const Store& store_;
  db::Database database_;
  Findings findings_;
};

}  // namespace

Findings examine_store(const Store& store) {
  try {
    return StoreExam(store).run();
  } catch (const Error& error) {
    return {{Level::problem, "database", error.where() + ": " + error.why(), error.hint()}};
  }
}

}  // namespace radsweep::orchestrator
