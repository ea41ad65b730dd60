// A store with pending runs, submissions and attempt folders as tasks leave them.
#pragma once

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

#include "base/durable_file.h"
#include "db/query.h"
#include "db/run_queue.h"
#include "orchestrator/prepare_attempt.h"
#include "orchestrator/slurm/collect.h"
#include "orchestrator/slurm/submission.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_dir.h"
#include "worker/attempt/beat.h"
#include "worker/attempt/events.h"
#include "worker/attempt/result.h"

namespace radsweep::test {

using namespace orchestrator;

struct SlurmStore {
  // Runs "r1", "r2", ... of falling cost.
  explicit SlurmStore(int runs) {
    std::vector<db::NewRun> rows;
    for (int i = 1; i <= runs; ++i) {
      PlannedRun run;
      run.row.name = "r" + std::to_string(i);
      run.row.identity = "identity-" + std::to_string(i);
      run.row.resolution = 32;
      run.row.architecture = "tiny";
      run.row.seed = i;
      run.row.config = "{}";
      run.row.cost = 1e6 - i;
      run.spec.run = run.row.name;
      run.spec.identity = run.row.identity;
      rows.push_back(run.row);
      planned.emplace(run.row.identity, run);
    }
    queue.set_runs({"tiny", "name: tiny\n"}, rows);
  }

  slurm::Submission submit(const std::vector<int>& runs) {
    std::vector<const PlannedRun*> chosen;
    std::vector<std::string> names;
    for (const int run : runs) {
      chosen.push_back(&planned.at("identity-" + std::to_string(run)));
      names.push_back("r" + std::to_string(run));
    }
    return slurm::Submission::create(store, {0, 1}, chosen, names,
                                     std::vector<int>(runs.size(), 1));
  }

  // An attempt that a task began on another machine, which nobody here can ask.
  std::filesystem::path begin(int run, int number, const std::string& submission = "uuid",
                              int index = 0) {
    const std::string name = "r" + std::to_string(run);
    const auto made = store.attempt(name, number);
    CHECK(make_attempt_folder(made));
    attempt::ProcessIdentity task = attempt::this_process();
    task.host += "-node";
    slurm::write_record(made, {.submission = submission,
                               .index = index,
                               .job = "7_" + std::to_string(index),
                               .node = "n1",
                               .started_ms = clock.wall_ms(),
                               .task = task});
    const db::Claim claim{{0, number}, name, "identity-" + std::to_string(run), {}};
    write_attempt_spec(made, claim, planned.at(claim.identity).spec, {});
    beat(made, number);
    return made;
  }

  void beat(const std::filesystem::path& attempt_folder, long step) const {
    attempt::Beat now;
    now.step = step;
    now.time_ms = clock.wall_ms();
    attempt::write_beat(attempt_folder, now);
  }

  static void tell_epoch(const std::filesystem::path& attempt_folder, int epoch) {
    attempt::EpochRecord record;
    record.epoch = epoch;
    record.phase = "full";
    record.train_loss = record.valid_loss = 0.5;
    attempt::EventLog(attempt_folder).epoch(record, {});
  }

  static void seal(const std::filesystem::path& attempt_folder, attempt::Outcome outcome) {
    const attempt::Spec spec = attempt::read_spec(attempt_folder);
    attempt::Result result;
    result.run = spec.run;
    result.identity = spec.identity;
    result.attempt = spec.attempt;
    result.outcome = outcome;
    if (outcome == attempt::Outcome::failed) {
      result.error_class = "nan";
      result.error = "told to";
    }
    result.device = "fake";
    result.code_version = "fake";
    attempt::write_result(attempt_folder, result);
  }

  std::vector<std::string> collect(const std::optional<slurm::QueueView>& view) {
    return slurm::Collector(record()).collect(view);
  }
  Record record() { return {store, database, queue, clock, retry}; }

  std::string value(const std::string& sql) {
    const db::Table table = db::query(database, sql);
    if (table.rows.empty()) return "none";
    const db::Value& cell = table.rows.front().front();
    if (const auto* text = std::get_if<std::string>(&cell)) return *text;
    if (const auto* whole = std::get_if<std::int64_t>(&cell)) return std::to_string(*whole);
    return "";
  }
  std::string state(int run) {
    return value("SELECT state FROM run WHERE name = 'r" + std::to_string(run) + "'");
  }
  // All that is recorded, events and clocks included.
  std::string everything() {
    std::string text;
    for (const char* table : {"run", "attempt", "metric", "result", "event"}) {
      const db::Table rows = db::query(database, std::string("SELECT * FROM ") + table);
      for (const auto& row : rows.rows) {
        for (const db::Value& cell : row) {
          if (const auto* word = std::get_if<std::string>(&cell)) text += *word;
          if (const auto* whole = std::get_if<std::int64_t>(&cell)) text += std::to_string(*whole);
          text += '|';
        }
        text += '\n';
      }
    }
    return text;
  }

  TempDir folder;
  Store store{folder.path()};
  FakeClock clock;
  db::Database database = db::Database::open_for_writing(store.database());
  db::RunQueue queue{database, [this] { return clock.wall_ms(); }};
  RetryRule retry;
  std::map<std::string, PlannedRun> planned;  // by identity
};

}  // namespace radsweep::test
