#include "worker/train/progress.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace radsweep;
using namespace radsweep::train;

namespace {

attempt::EpochRecord close(Progress& progress, std::optional<double> auc, double loss) {
  progress.loss_sum = 5;
  progress.images = 40;
  progress.train_seconds = 4;
  progress.seconds = 6;
  progress.batch = 10;
  attempt::EpochRecord rates;
  rates.phase = "full";
  const std::string study = "valid/patient" + std::to_string(progress.epoch) + "/study1";
  return finish_epoch(progress, rates, 10, {loss, auc, {{study, 1, 0.1, 0.5}}});
}

}  // namespace

TEST_CASE("finish_epoch records the means and starts the next epoch at zero") {
  Progress progress;
  const attempt::EpochRecord record = close(progress, 0.75, 0.5);
  CHECK(record.epoch == 0);
  CHECK(record.phase == "full");
  CHECK(record.train_loss == 0.5);
  CHECK(record.images_per_second == 10);
  CHECK(record.seconds == 6);
  CHECK(progress.epochs == std::vector{record});
  CHECK(progress.epoch == 1);
  CHECK(progress.batch == 0);
  CHECK(progress.loss_sum == 0);
  CHECK(progress.images == 0);
  CHECK(total_seconds(progress) == 6);
}

TEST_CASE("best AUC and best loss are kept apart, the first of equals stays") {
  Progress progress;
  CHECK(close(progress, 0.7, 0.5).is_best);
  const auto second = close(progress, 0.6, 0.4);
  CHECK_FALSE(second.is_best);
  CHECK(second.is_best_loss);
  const auto third = close(progress, 0.7, 0.4);
  CHECK_FALSE(third.is_best);
  CHECK_FALSE(third.is_best_loss);
  CHECK(progress.best_epoch == 0);
  CHECK(progress.best_auc == 0.7);
  CHECK(progress.best_loss_epoch == 1);
  REQUIRE(progress.best_predictions.size() == 1);
  CHECK(progress.best_predictions[0].study == "valid/patient0/study1");
}

TEST_CASE("epochs without an AUC are never the best") {
  Progress progress;
  CHECK_FALSE(close(progress, std::nullopt, 0.5).is_best);
  CHECK(progress.best_epoch == -1);
  CHECK(progress.best_loss_epoch == 0);
  CHECK(progress.best_predictions.empty());
}

TEST_CASE("progress survives its JSON form bit for bit") {
  Progress progress;
  close(progress, 0.1 + 0.2, 1.0 / 3);
  close(progress, std::nullopt, 0.1);
  progress.loss_sum = 0.1 * 3;
  progress.step = 123456789;
  const auto text = nlohmann::json(progress).dump();
  CHECK(nlohmann::json::parse(text).get<Progress>() == progress);
}

TEST_CASE("images per second of a run is images over time") {
  Progress progress;
  CHECK(mean_images_per_second(progress) == 0);
  progress.epochs.resize(2);
  progress.epochs[0].images_per_second = 10;
  progress.epochs[1].images_per_second = 30;
  CHECK(mean_images_per_second(progress) == doctest::Approx(15));
}
