// One run from its first batch, or from a checkpoint, to its last epoch.
#pragma once

#include <c10/core/Device.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "worker/attempt/events.h"
#include "worker/attempt/spec.h"
#include "worker/data/batch_loader.h"
#include "worker/data/dataset.h"
#include "worker/data/image_cache.h"
#include "worker/train/gradient_sync.h"
#include "worker/train/heartbeat.h"
#include "worker/train/phase.h"
#include "worker/train/run_state.h"
#include "worker/train/training_step.h"

namespace radsweep::train {

enum class TrainingEnd {
  done,
  stopped,    // asked to; the newest checkpoint covers every step, unless the disk refused it
  not_finite  // a loss is NaN or infinite; see Progress for the step
};

// Everything of an attempt but its model. What is referred to must outlive the run.
struct TrainingInputs {
  const attempt::Spec& spec;
  std::filesystem::path folder;  // of the attempt; nothing outside it is written
  const data::Dataset& dataset;
  const data::ImageCache& cache;
  at::Device device;
  std::function<bool()> stop_requested;  // asked before every batch
  std::function<double()> memory_mb;     // for the beats
  // With others a rank of the training; nullptr: one process trains alone. Rank 0's folder, its
  // requests to stop and its validations are the training's; the other ranks write nothing.
  GradientSync* sync = nullptr;
  // Of a process that trains alone: whether its GPU is given the passes of a step as a whole.
  Recording recording = {};
};

// One thread. A full disk does not end it: what cannot be written while it trains (events, beats,
// checkpoints, best weights) is told on stderr and tried again at the next occasion. A checkpoint
// waits for the events before it.
class TrainingRun {
 public:
  // `model` has its initial weights and is placed on the device (memory_format.h). Throws
  // Error(environment) when the training studies do not fill one batch, Error(usage) when an
  // epoch could end in a batch of one image, which has no batch statistics.
  TrainingRun(TrainingInputs inputs, model::StudyClassifier model, attempt::EventLog& events);

  // Takes up the newest usable checkpoint, its own or an older attempt's, and returns its path
  // relative to the attempt's folder; "" when there is none. Damaged ones and another number of
  // threads or ranks than before become notes in the event log. Call before run(). Throws
  // Error(environment) when there is one that cannot be read (see find_checkpoint). The other ranks
  // take up what rank 0 has, and return "".
  std::string resume();

  // Trains until the end, a stop request or a loss that is not finite. At the end
  // best.safetensors and best_loss.safetensors are complete; throws Error(environment) when they
  // cannot be written. Otherwise they are as complete as the disk allowed: whoever resumes writes
  // them anew.
  TrainingEnd run();

  const Progress& progress() const { return state_.progress; }

 private:
  bool leads() const { return !inputs_.sync || inputs_.sync->leads(); }
  bool agreed(bool value) const;
  void note(const std::string& text);
  void tell_replays(const StepGraphs::Counts& counts);
  std::string resume_alone();
  void tell(const std::string& phase, double loss);
  TrainingEnd train_phases();
  void enter(const Phase& phase);
  TrainingEnd train_epoch(const Phase& phase);
  LoadedBatch load_from(data::BatchLoader& loader) const;
  TrainingEnd close_epoch(const Phase& phase);
  void save();
  void write_best_weights();
  double lap();

  TrainingInputs inputs_;
  attempt::EventLog& events_;
  RunState state_;
  TrainingStep step_;
  long batches_;  // of an epoch
  Heartbeat heartbeat_;
  std::chrono::steady_clock::time_point lap_start_, saved_at_;
  long saved_step_ = -1;
  bool best_written_ = true, best_loss_written_ = true;
};

}  // namespace radsweep::train
