// How far a run has come and what it measured: everything of a checkpoint that is not a tensor.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <vector>

#include "worker/attempt/epoch_record.h"

namespace radsweep::train {

struct Progress {
  int epoch = 0;   // the epoch that is worked on, counted over both phases
  long batch = 0;  // batches of it that are done
  long step = 0;   // batches done in the whole run

  // Of the epoch that is worked on, so far and over all attempts.
  double loss_sum = 0;       // of the batches' mean losses
  long images = 0;           // trained on
  double train_seconds = 0;  // in training batches, for images per second
  double seconds = 0;        // altogether

  std::vector<attempt::EpochRecord> epochs;           // finished ones, in order
  std::vector<attempt::Prediction> best_predictions;  // of best_epoch
  int best_epoch = -1;                                // highest AUC; -1: none had one
  double best_auc = 0;                                // meaningful when best_epoch >= 0
  int best_loss_epoch = -1;                           // lowest validation loss
  double best_loss = 0;                               // meaningful when best_loss_epoch >= 0

  bool operator==(const Progress&) const = default;
};

// What validating after an epoch gave.
struct Validation {
  double loss = 0;            // mean over the studies
  std::optional<double> auc;  // nothing when only one class is present
  std::vector<attempt::Prediction> predictions;
};

// Closes the epoch that is worked on: adds its record, keeps the predictions when its AUC is the
// highest or its loss the lowest of both phases (the first of equals stays), and moves on to the
// next epoch. `rates` of the record are given; everything else is filled in. Returns the record.
attempt::EpochRecord finish_epoch(Progress& progress, attempt::EpochRecord rates, long batches,
                                  const Validation& validation);

// Wall time of the whole run so far, images per second over all finished epochs.
double total_seconds(const Progress& progress);
double mean_images_per_second(const Progress& progress);

void to_json(nlohmann::json& object, const Progress& progress);
void from_json(const nlohmann::json& object, Progress& progress);

}  // namespace radsweep::train
