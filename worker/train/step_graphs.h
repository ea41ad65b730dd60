// The forward and backward pass of a batch, recorded once for every size of batch and replayed for
// each later one: a GPU is given them as a whole (worker/kernels/cuda/graphs.h). The same operators
// on the same numbers.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

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

// Empty without a GPU, or where the run wants none. Throws as open_graph_recorder does.
kernels::cuda::GraphRecorder recorder_for(const attempt::Spec& spec, c10::Device device);

// Larger batches are not recorded.
struct BatchLimits {
  std::int64_t views = 0, studies = 0;
};
// What memory is planned for, or less where the data cannot fill it.
BatchLimits recorded_batches(int studies_per_batch, const std::vector<data::Study>& studies);

// How the steps of a training are recorded; without a recorder they are not.
struct Recording {
  kernels::cuda::GraphRecorder recorder = {};
  BatchLimits limits = {};
};

// Of one process that trains alone; the thread that computes. Borrows the parameters.
class StepGraphs {
 public:
  struct Counts {
    int recorded = 0;  // sizes, in each phase anew, with the largest there may be
    long replayed = 0, all = 0;
  };

  StepGraphs(model::StudyClassifier model, std::vector<TrainedParameter>& parameters,
             Recording how);
  StepGraphs(const StepGraphs&) = delete;
  StepGraphs& operator=(const StepGraphs&) = delete;

  // Leaves the gradients of the mean loss over the studies in the parameters that learn, and
  // returns the loss []; the next call writes over both. The first batch of a size computes as
  // without graphs, the second is recorded and replayed; the largest within the limits is recorded
  // before all, larger ones are not. The dropout key's first_row must be 0.
  at::Tensor loss_and_gradients(const BatchTensors& batch);
  // Other parameters learn from now on: what was recorded is given up.
  void forget();

  const Counts& counts() const { return counts_; }

 private:
  using Size = std::pair<std::int64_t, std::int64_t>;  // views, studies

  void make_room(const BatchTensors& like);
  void record_largest();
  void compute(const BatchTensors& batch);
  void replay(const BatchTensors& batch, const Size& size);
  kernels::cuda::Work recorded(const Size& size);
  BatchTensors room_of(const Size& size) const;

  model::StudyClassifier model_;
  std::vector<TrainedParameter>& parameters_;
  Recording how_;
  // Where recorded work finds a batch, its first views and studies, and leaves what it computes.
  BatchTensors room_;
  std::vector<at::Tensor> learning_, gradients_;
  at::Tensor loss_;
  std::map<Size, kernels::cuda::Work> replays_;  // empty functions: ran once, not recorded yet
  Counts counts_;
};

}  // namespace radsweep::train
