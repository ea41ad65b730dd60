#include "tests/orchestrator/report/sample_sweep.h"

#include <algorithm>
#include "db/metric_log.h"

#include "db/run_queue.h"

namespace radsweep::test {
namespace {

// Deterministic scores that favour positives a little more with every seed and resolution.
std::vector<db::PredictionRow> predictions_of(const SampleRun& run) {
  std::vector<db::PredictionRow> rows;
  unsigned state = static_cast<unsigned>(run.seed * 977 + run.resolution);
  for (int i = 0; i < 20; ++i) {
    state = state * 1664525u + 1013904223u;
    const int label = i % 2;
    const double noise = static_cast<double>(state >> 20) / 4096.0;
    const double probability = 0.9 * noise + 0.05 * label;
    rows.push_back(
        {"valid/patient" + std::to_string(i) + "/study1", label, probability, probability});
  }
  return rows;
}

std::vector<db::MetricRow> metrics_of(double auc) {
  std::vector<db::MetricRow> rows;
  for (int epoch = 0; epoch < 3; ++epoch) {
    const double below = epoch == 1 ? 0 : 0.02 * (epoch + 1);
    rows.push_back({epoch, "frozen", epoch == 0 ? 1.0 : 0.0});
    rows.push_back({epoch, "train_loss", 0.7 - 0.1 * epoch});
    rows.push_back({epoch, "valid_loss", 0.6 - 0.05 * epoch});
    rows.push_back({epoch, "valid_auc", auc - below});
    rows.push_back({epoch, "lr_body", epoch == 0 ? 5e-4 : 2.5e-5});
    rows.push_back({epoch, "lr_head", epoch == 0 ? 5e-3 : 2.5e-3});
  }
  return rows;
}

db::ResultRow result_of(const SampleRun& run, std::optional<double> auc) {
  db::ResultRow result;
  result.best_auc = auc;
  if (auc) result.best_epoch = 1;
  result.best_loss = 0.5;  // of metrics_of
  result.best_loss_epoch = 2;
  result.train_seconds = 100;
  result.images_per_second = 12.5;
  result.peak_memory_mb = 2048;
  result.device = "CPU, 2 threads";
  result.code_version = "0.1.0 (abc1234)";
  result.torch_version = "2.7.1";
  result.data_manifest = std::string(64, 'd');
  result.images_sha256 = std::string(64, 'e');
  result.weights = run.name() + "/1/best.safetensors";
  result.weights_sha256 = std::string(64, 'f');
  result.train_studies = 100;
  result.train_positive = 77;
  result.train_images = 119;
  result.valid_studies = 20;
  result.valid_positive = 10;
  result.valid_images = 24;
  return result;
}

void play(db::RunQueue& queue, db::Database& database, const db::Fence& fence,
          const SampleRun& run) {
  if (run.fate == Fate::failed) {
    queue.fail(fence,
               {"nan", "the loss is not a number <at step 7>", "last & line\n", 70, std::nullopt},
               std::nullopt, 1);
  } else if (run.fate == Fate::done) {
    const auto predictions = predictions_of(run);
    const double auc = run.auc.value_or(auc_by_pairs(predictions));
    queue.finish(fence, result_of(run, auc < 0 ? std::nullopt : std::optional(auc)),
                 auc < 0 ? std::vector<db::MetricRow>{} : metrics_of(auc), predictions);
  } else {
    db::append_live(database, fence, {{0, "valid_auc", 0.5}, {0, "frozen", 1}}, {}, 10);
  }
}

std::vector<db::NewRun> rows_of(const std::vector<SampleRun>& runs) {
  std::vector<db::NewRun> rows;
  for (const SampleRun& run : runs) {
    db::NewRun row;
    row.name = run.name();
    row.identity = "identity of " + row.name;
    row.resolution = run.resolution;
    row.architecture = run.architecture;
    row.variant = run.variant;
    row.seed = run.seed;
    row.config = R"({"recipe": {"epochs": 2}, "seed": )" + std::to_string(run.seed) + "}";
    row.cost = run.fate == Fate::pending ? 1.0 : 1000.0;  // what stays pending is claimed last
    rows.push_back(row);
  }
  return rows;
}

}  // namespace

std::string SampleRun::name() const {
  return std::to_string(resolution) + "-" + architecture + "-s" + std::to_string(seed) +
         (variant.empty() ? "" : "-" + variant);
}

SampleSweep::SampleSweep(const std::vector<SampleRun>& runs, const std::string& name)
    : database_(db::Database::open_for_writing(folder_ / "sweep.db")),
      sweep_{name, "name: " + name + "\n# <b>not markup</b>\n"} {
  std::int64_t now_ms = 1'700'000'000'000;
  db::RunQueue queue(database_, [&now_ms] { return now_ms += 1000; });
  queue.set_runs(sweep_, rows_of(runs));
  auto claims =
      std::ranges::count_if(runs, [](const SampleRun& run) { return run.fate != Fate::pending; });
  for (; claims > 0; --claims) {
    const auto claim = queue.claim_next("cpu:0");
    for (const SampleRun& run : runs) {
      if (run.name() == claim->name) play(queue, database_, claim->fence, run);
    }
  }
}

void SampleSweep::keep_only(const std::vector<SampleRun>& runs) {
  db::RunQueue queue(database_, [] { return std::int64_t{1'800'000'000'000}; });
  queue.set_runs(sweep_, rows_of(runs));
}

double auc_by_pairs(const std::vector<db::PredictionRow>& predictions) {
  double wins = 0, pairs = 0;
  for (const auto& positive : predictions) {
    for (const auto& negative : predictions) {
      if (positive.label != 1 || negative.label != 0) continue;
      pairs += 1;
      wins += positive.probability > negative.probability    ? 1.0
              : positive.probability == negative.probability ? 0.5
                                                             : 0.0;
    }
  }
  return wins / pairs;
}

}  // namespace radsweep::test
