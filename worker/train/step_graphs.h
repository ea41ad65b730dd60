// The forward and backward pass of a batch, recorded once for every size of batch and replayed for
// each later one: a GPU is given them as a whole (worker/kernels/cuda/graphs.h). Same numbers.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "worker/attempt/spec.h"
#include "worker/data/dataset.h"
#include "worker/kernels/cuda/graphs.h"
#include "worker/model/study_classifier.h"
#include "worker/train/batch_tensors.h"
#include "worker/train/param_groups.h"

namespace radsweep::train {

struct BatchLimits {
  std::int64_t views = 0, studies = 0;
};
// The most that a batch of so many of these studies can hold.
BatchLimits batch_limits(const std::vector<data::Study>& studies, int studies_per_batch);

// Empty without a GPU, or where the run wants none. Throws as open_graph_recorder does.
kernels::cuda::GraphRecorder recorder_for(const attempt::Spec& spec, c10::Device device);

// Of one process that trains alone; the thread that computes. Borrows the parameters.
class StepGraphs {
 public:
  StepGraphs(model::StudyClassifier model, std::vector<TrainedParameter>& parameters,
             BatchLimits limits, kernels::cuda::GraphRecorder recorder);
  StepGraphs(const StepGraphs&) = delete;
  StepGraphs& operator=(const StepGraphs&) = delete;

  // Leaves the gradients of the mean loss over the studies in the parameters that learn, and
  // returns the loss []; the next call writes over both. The first batch of a size computes as
  // without graphs, the second is recorded.
  at::Tensor loss_and_gradients(const BatchTensors& batch);
  // Other parameters learn from now on. Gives back the memory of what was recorded.
  void forget();

 private:
  using Size = std::pair<std::int64_t, std::int64_t>;  // views, studies

  void take(const BatchTensors& batch);
  void compute(const Size& size);

  model::StudyClassifier model_;
  std::vector<TrainedParameter>& parameters_;
  BatchLimits limits_;
  kernels::cuda::GraphRecorder record_;
  // Where recorded work finds a batch, its first views and studies, and leaves what it computes.
  BatchTensors batch_;
  std::vector<at::Tensor> learning_, gradients_;
  at::Tensor loss_;
  std::map<Size, kernels::cuda::Work> replays_;  // empty functions: ran once, not recorded yet
};

}  // namespace radsweep::train
