#include "worker/train/progress.h"

#include <nlohmann/json.hpp>

namespace radsweep::train {
namespace {

// One list of members for both directions.
template <typename Member, typename ProgressType>
void visit_members(Member&& member, ProgressType& p) {
  member("epoch", p.epoch);
  member("batch", p.batch);
  member("step", p.step);
  member("loss_sum", p.loss_sum);
  member("images", p.images);
  member("train_seconds", p.train_seconds);
  member("seconds", p.seconds);
  member("epochs", p.epochs);
  member("best_predictions", p.best_predictions);
  member("best_epoch", p.best_epoch);
  member("best_auc", p.best_auc);
  member("best_loss_epoch", p.best_loss_epoch);
  member("best_loss", p.best_loss);
}

}  // namespace

attempt::EpochRecord finish_epoch(Progress& progress, attempt::EpochRecord record, long batches,
                                  const Validation& validation) {
  record.epoch = progress.epoch;
  record.train_loss = progress.loss_sum / static_cast<double>(batches);
  record.valid_loss = validation.loss;
  record.valid_auc = validation.auc;
  record.seconds = progress.seconds;
  record.images_per_second = progress.train_seconds > 0
                                 ? static_cast<double>(progress.images) / progress.train_seconds
                                 : 0;
  record.is_best =
      validation.auc && (progress.best_epoch < 0 || *validation.auc > progress.best_auc);
  record.is_best_loss = progress.best_loss_epoch < 0 || validation.loss < progress.best_loss;
  if (record.is_best) {
    progress.best_epoch = record.epoch;
    progress.best_auc = *validation.auc;
    progress.best_predictions = validation.predictions;
  }
  if (record.is_best_loss) {
    progress.best_loss_epoch = record.epoch;
    progress.best_loss = validation.loss;
  }
  progress.epochs.push_back(record);
  ++progress.epoch;
  progress.batch = 0;
  progress.images = 0;
  progress.loss_sum = progress.train_seconds = progress.seconds = 0;
  return record;
}

double total_seconds(const Progress& progress) {
  double seconds = progress.seconds;
  for (const attempt::EpochRecord& record : progress.epochs) seconds += record.seconds;
  return seconds;
}

double mean_images_per_second(const Progress& progress) {
  // Epochs have equally many batches, so nearly equally many images: the harmonic mean.
  double inverse = 0;
  int counted = 0;
  for (const attempt::EpochRecord& record : progress.epochs) {
    if (record.images_per_second <= 0) continue;
    inverse += 1 / record.images_per_second;
    ++counted;
  }
  return counted > 0 ? counted / inverse : 0;
}

void to_json(nlohmann::json& object, const Progress& progress) {
  object = nlohmann::json::object();
  visit_members([&object](const char* name, const auto& value) { object[name] = value; }, progress);
}

void from_json(const nlohmann::json& object, Progress& progress) {
  visit_members([&object](const char* name, auto& value) { object.at(name).get_to(value); },
                progress);
}

}  // namespace radsweep::train
