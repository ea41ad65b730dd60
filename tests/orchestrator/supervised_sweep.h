// A store with planned runs, a fake launcher and a fake clock: everything a supervisor needs.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "db/query.h"
#include "db/run_queue.h"
#include "orchestrator/prepare_attempt.h"
#include "orchestrator/supervisor.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_launcher.h"
#include "tests/support/temp_dir.h"

namespace radsweep::test {

class SilentProgress : public orchestrator::Progress {
 public:
  void tell(const std::string& line) override { lines.push_back(line); }
  bool wants_picture() const override { return looked_at; }
  void show(const orchestrator::SweepView& view) override {
    newest = view;
    ++pictures;
    on_show();
  }
  bool looked_at = true;
  int pictures = 0;
  std::function<void()> on_show = [] {};
  std::vector<std::string> lines;
  orchestrator::SweepView newest;
};

struct SupervisedSweep {
  // Runs "32-tiny-s1" ...; a higher seed costs less, so they start in the order of their seeds.
  SupervisedSweep(int runs, int slots, FakeLauncher::Script script = {})
      : launcher(
            clock, script ? script : [](const attempt::Spec&) { return FakeAttempt{}; }) {
    for (int seed = 1; seed <= runs; ++seed) planned.push_back(plan(seed));
    std::vector<db::NewRun> rows;
    for (const auto& run : planned) rows.push_back(run.row);
    queue.set_runs({"tiny", "name: tiny\n"}, rows);
    for (int slot = 0; slot < slots; ++slot) {
      const std::string name = "cpu:" + std::to_string(slot);
      plans.push_back({name, name, {}});
    }
    options.sweep = "tiny";
    options.pause_s = 1;
    options.retry = {3, 30};
    options.stop_requests = [this] { return stop_requests; };
  }

  static orchestrator::PlannedRun plan(int seed) {
    orchestrator::PlannedRun run;
    run.row.name = "32-tiny-s" + std::to_string(seed);
    run.row.identity = "identity-" + std::to_string(seed);
    run.row.resolution = 32;
    run.row.architecture = "tiny";
    run.row.seed = seed;
    run.row.config = "{}";
    run.row.cost = 1000 - seed;
    run.spec.run = run.row.name;
    run.spec.identity = run.row.identity;
    return run;
  }

  // The first so many runs take so many slots each.
  void let_take(const std::vector<int>& gpus) {
    std::vector<db::NewRun> rows;
    for (std::size_t i = 0; i < planned.size(); ++i) {
      if (i < gpus.size()) planned[i].row.gpus = gpus[i];
      rows.push_back(planned[i].row);
    }
    queue.set_runs({"tiny", "name: tiny\n"}, rows);
  }

  orchestrator::Supervisor supervisor() {
    return {store, database, queue, launcher, clock, progress, planned, plans, options};
  }
  orchestrator::SweepEnd run() { return supervisor().run(); }

  std::string value(const std::string& sql) {
    const db::Table table = db::query(database, sql);
    if (table.rows.empty()) return "none";
    const db::Value& cell = table.rows.front().front();
    if (const auto* text = std::get_if<std::string>(&cell)) return *text;
    if (const auto* whole = std::get_if<std::int64_t>(&cell)) return std::to_string(*whole);
    return "";
  }
  std::string state(int seed) {
    return value("SELECT state FROM runs WHERE seed = " + std::to_string(seed));
  }
  std::string newest(int seed, const std::string& column) {
    return value("SELECT " + column + " FROM runs WHERE seed = " + std::to_string(seed));
  }

  bool told(const std::string& text) const {
    return std::any_of(progress.lines.begin(), progress.lines.end(), [&](const std::string& line) {
      return line.find(text) != std::string::npos;
    });
  }

  // An attempt of the first run as an orchestrator leaves it that died right after the spawn.
  db::Claim left_open() {
    const db::Claim claim = queue.claim_next("cpu:0").value();
    orchestrator::prepare_attempt(store.attempt(claim.name, claim.fence.attempt), claim,
                                  planned.front().spec, {});
    return claim;
  }

  TempDir folder;
  orchestrator::Store store{folder.path()};
  FakeClock clock;
  db::Database database = db::Database::open_for_writing(store.database());
  db::RunQueue queue{database, [this] { return clock.wall_ms(); }};
  FakeLauncher launcher;
  SilentProgress progress;
  std::vector<orchestrator::PlannedRun> planned;
  std::vector<orchestrator::SlotPlan> plans;
  orchestrator::SupervisorOptions options;
  int stop_requests = 0;
};

}  // namespace radsweep::test
