// Everything a run needs to go on bit for bit, in and out of a checkpoint.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "worker/model/state.h"
#include "worker/model/study_classifier.h"
#include "worker/train/adam.h"
#include "worker/train/checkpoint_file.h"
#include "worker/train/gradient_sync.h"
#include "worker/train/progress.h"

namespace radsweep::train {

// A copy of the model's state, on the CPU. Empty: there is none yet.
using Weights = std::vector<model::NamedTensor>;

struct RunState {
  model::StudyClassifier model;
  Adam adam;
  Progress progress;
  Weights best;       // of the epoch with the highest AUC
  Weights best_loss;  // of the epoch with the lowest validation loss
  int threads = 0;    // that compute it now; 0: a GPU
  int ranks = 1;      // processes that compute it now
};

Weights copy_weights(const model::StudyClassifier& model);

// RunState::threads when a checkpoint was saved; nullopt when that was not noted.
std::optional<int> threads_before(const CheckpointFile& file);
// RunState::ranks when it was saved.
int ranks_before(const CheckpointFile& file);

// Saves all of it as the attempt's newest checkpoint (see save_checkpoint).
void save_run(const std::filesystem::path& attempt_folder, const std::string& identity,
              const RunState& state);

// Fills `state` (but for `threads` and `ranks`), whose model and parameters are built already, from
// a checkpoint of the same identity. Throws Error(environment) when a tensor is missing or of
// another shape.
void restore_run(const CheckpointFile& file, RunState& state);

// Gives every rank what rank 0 has: weights, moments and progress, without the best weights, which
// rank 0 alone keeps.
void share_state(RunState& state, GradientSync& sync);

}  // namespace radsweep::train
