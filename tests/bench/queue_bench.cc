// What a run costs the database: claim and finish beside as many bare durable commits, in stores of
// 30 to 100,000 runs on the disk that TMPDIR lies on.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "db/database.h"
#include "db/run_queue.h"
#include "db/statement.h"
#include "tests/support/temp_dir.h"

namespace {

using namespace radsweep;

std::vector<db::NewRun> runs_of(std::int64_t count) {
  std::vector<db::NewRun> runs;
  for (std::int64_t i = 0; i < count; ++i) {
    db::NewRun run;
    run.name = "run" + std::to_string(i);
    run.identity = "identity-of-" + run.name;
    run.resolution = 160;
    run.architecture = "densenet121";
    run.seed = i;
    run.config = "{}";
    run.cost = static_cast<double>(i % 6);
    runs.push_back(std::move(run));
  }
  return runs;
}

struct Queue {
  explicit Queue(std::int64_t runs) { queue.set_runs({"bench", "name: bench\n"}, runs_of(runs)); }
  test::TempDir dir;
  db::Database database = db::Database::open_for_writing(dir / "sweep.db");
  db::RunQueue queue{database, [] { return std::int64_t{1}; }};
};

// In a store of as many runs: whether its log still grows is a large part of what a commit costs.
void bare_commits(benchmark::State& state) {
  Queue store(state.range(0));
  db::Connection& connection = store.database.connection();
  connection.exec("CREATE TABLE bare (number INTEGER)");
  for (auto _ : state) {
    for (int commit = 0; commit < 2; ++commit) {
      store.database.transaction([&] { db::execute(connection, "INSERT INTO bare VALUES (1)"); });
    }
  }
}

db::ResultRow result_row() {
  db::ResultRow row;
  row.best_auc = row.best_loss = 0.5;
  row.best_epoch = row.best_loss_epoch = 1;
  row.device = "bench";
  row.weights = "run/1/best.safetensors";
  return row;
}

std::vector<db::MetricRow> metrics_of(int epochs) {
  std::vector<db::MetricRow> metrics;
  for (int epoch = 0; epoch < epochs; ++epoch) {
    for (const char* name : {"train_loss", "valid_loss", "valid_auc", "lr_body", "lr_head",
                             "seconds", "images_per_second", "frozen", "is_best", "is_best_loss"}) {
      metrics.push_back({epoch, name, 0.5});
    }
  }
  return metrics;
}

std::vector<db::PredictionRow> predictions_of(int studies) {
  std::vector<db::PredictionRow> predictions;
  for (int study = 0; study < studies; ++study) {
    predictions.push_back({"valid/patient" + std::to_string(study) + "/study1", 0, 0, 0.5});
  }
  return predictions;
}

// Of as many epochs and validation studies as asked for; CheXpert has 7 and 200.
void claim_and_finish(benchmark::State& state) {
  Queue store(state.range(0));
  const auto metrics = metrics_of(static_cast<int>(state.range(1)));
  const auto predictions = predictions_of(static_cast<int>(state.range(2)));
  for (auto _ : state) {
    const auto claim = store.queue.claim_next("cpu:0");
    if (!claim) {
      state.SkipWithError("the store has no run left");
      return;
    }
    store.queue.finish(claim->fence, result_row(), metrics, predictions);
  }
}

}  // namespace

BENCHMARK(bare_commits)
    ->ArgName("runs")
    ->Arg(30)
    ->Arg(1000)
    ->Arg(10000)
    ->Arg(100000)
    ->Iterations(30)
    ->Repetitions(5)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->ReportAggregatesOnly();
BENCHMARK(claim_and_finish)
    ->ArgNames({"runs", "epochs", "studies"})
    ->Args({30, 0, 0})
    ->Args({1000, 0, 0})
    ->Args({10000, 0, 0})
    ->Args({100000, 0, 0})
    ->Args({30, 7, 200})
    ->Args({100000, 7, 200})
    ->Iterations(30)
    ->Repetitions(5)
    ->ReportAggregatesOnly()
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
