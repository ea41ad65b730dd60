// One step of a training: forward pass, loss, backward pass, Adam.
#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <optional>

#include "worker/data/batch_loader.h"
#include "worker/model/study_classifier.h"
#include "worker/train/adam.h"
#include "worker/train/batch_tensors.h"
#include "worker/train/gradient_buckets.h"
#include "worker/train/gradient_sync.h"
#include "worker/train/phase.h"
#include "worker/train/step_graphs.h"

namespace radsweep::train {

// A batch and the tensors made of it, which on the CPU lie in it.
struct LoadedBatch {
  data::Batch batch;
  BatchTensors tensors;
};

class TrainingStep {
 public:
  // Borrows Adam, whose parameters are the model's, and `sync`; nullptr: this process trains alone.
  TrainingStep(model::StudyClassifier model, Adam& adam, GradientSync* sync);

  // Gives the GPU the passes of later steps as a whole. Not with `sync`, where they wait for other
  // ranks in between: throws Error(internal).
  void record(Recording how);
  // nullptr: nothing is recorded.
  const StepGraphs* graphs() const { return graphs_.get(); }

  // On a GPU it may only have begun when this returns. Returns the loss [] on the device, this
  // rank's part of it, valid until the next step. `seed` and `step` key the dropout.
  at::Tensor queue(const LoadedBatch& loaded, std::uint64_t seed, long step, const Rates& rates);
  // Waits for the device. Of all ranks.
  double whole_loss(const at::Tensor& loss) const;

  // Other parameters learn from now on.
  void learning_changed();

 private:
  at::Tensor loss_and_gradients(const LoadedBatch& loaded);

  model::StudyClassifier model_;
  Adam& adam_;
  GradientSync* sync_;
  std::optional<GradientBuckets> buckets_;  // of several ranks
  std::unique_ptr<StepGraphs> graphs_;
};

}  // namespace radsweep::train
