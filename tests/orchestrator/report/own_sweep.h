// A small database of a trainer of the user's: two done runs of one cell, a pending one of another.
#pragma once

#include <string>

#include "db/database.h"
#include "db/run_queue.h"
#include "tests/support/temp_dir.h"

namespace radsweep::test {

struct OwnSweep {
  explicit OwnSweep(const std::string& mode) {
    queue.set_runs({"own", "name: own\n# <b>\n"},
                   {run("<sgd>", 1, mode), run("<sgd>", 2, mode), run("adam", 1, mode)});
    finish({{0, 0.9}, {1, 0.1}, {2, 0.5}}, 10);
    finish({{0, 1.0}, {1, 0.3}}, 20);
  }

  static db::NewRun run(const std::string& optimizer, int seed, const std::string& mode,
                        const std::string& lr = "0.1") {
    db::NewRun run;
    run.name = (optimizer == "adam" ? "adam-s" : "sgd-s") + std::to_string(seed) +
               (lr == "0.1" ? "" : "-lr" + lr);
    run.identity = "identity of " + run.name;
    run.resolution = 1;
    run.architecture = "own";
    run.variant = "optimizer=" + optimizer + " lr=" + lr;
    run.seed = seed;
    run.config = R"({"command":["./train"],"objective":{"metric":"my_loss","mode":")" + mode +
                 R"("},"params":{"optimizer":")" + optimizer + R"(","lr":)" + lr + R"(,"seed":)" +
                 std::to_string(seed) + "}}";
    run.cost = 1;
    return run;
  }

  void finish(const std::vector<std::pair<int, double>>& curve, double seconds) {
    std::vector<db::MetricRow> metrics;
    for (const auto& [epoch, value] : curve) {
      metrics.push_back({epoch, "my_loss", value});
      metrics.push_back({epoch, "other", 7});
    }
    db::ResultRow result;
    result.train_seconds = seconds;
    result.device = "CPU, 2 threads";
    result.code_version = "0.1.0 (abc1234)";
    queue.finish(queue.claim_next("cpu:0").value().fence, result, metrics, {});
  }

  TempDir folder;
  db::Database database = db::Database::open_for_writing(folder / "sweep.db");
  std::int64_t now_ms = 1'700'000'000'000;
  db::RunQueue queue{database, [this] { return now_ms += 1000; }};
};

}  // namespace radsweep::test
