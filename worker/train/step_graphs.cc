#include "worker/train/step_graphs.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/_foreach_copy.h>
#include <ATen/ops/binary_cross_entropy_with_logits.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <functional>
#include <numeric>

namespace radsweep::train {
namespace {

// As `like`, with so many in its first dimension.
at::Tensor room_for(std::int64_t count, const at::Tensor& like) {
  std::vector<std::int64_t> shape = like.sizes().vec();
  shape.front() = count;
  return at::empty(shape, like.options().memory_format(like.suggest_memory_format()));
}

}  // namespace

BatchLimits batch_limits(const std::vector<data::Study>& studies, int studies_per_batch) {
  std::vector<std::int64_t> views;
  for (const data::Study& study : studies) {
    views.push_back(static_cast<std::int64_t>(study.images.size()));
  }
  std::ranges::sort(views, std::greater());
  views.resize(std::min(views.size(), static_cast<std::size_t>(studies_per_batch)));
  return {std::accumulate(views.begin(), views.end(), std::int64_t{0}),
          static_cast<std::int64_t>(views.size())};
}

kernels::cuda::GraphRecorder recorder_for(const attempt::Spec& spec, c10::Device device) {
  if (!spec.cuda_graphs || !device.is_cuda()) return {};
  return kernels::cuda::open_graph_recorder(device);
}

StepGraphs::StepGraphs(model::StudyClassifier model, std::vector<TrainedParameter>& parameters,
                       BatchLimits limits, kernels::cuda::GraphRecorder recorder)
    : model_(std::move(model)),
      parameters_(parameters),
      limits_(limits),
      record_(std::move(recorder)) {}

at::Tensor StepGraphs::loss_and_gradients(const BatchTensors& batch) {
  take(batch);
  const Size size{batch.images.size(0), batch.labels.size(0)};
  const auto [found, is_new] = replays_.try_emplace(size);
  if (is_new) {
    compute(size);
  } else {
    if (!found->second) found->second = record_([this, size] { compute(size); });
    found->second();
  }
  for (std::size_t i = 0; i < learning_.size(); ++i) {
    learning_[i].mutable_grad() = gradients_[i];
  }
  return loss_;
}

void StepGraphs::forget() {
  replays_.clear();
  learning_.clear();
  gradients_.clear();
}

void StepGraphs::take(const BatchTensors& batch) {
  if (!loss_.defined()) {
    batch_ = {room_for(limits_.views, batch.images), room_for(limits_.views, batch.study_of_view),
              room_for(limits_.studies, batch.labels)};
    loss_ = at::empty({}, batch.labels.options());
  }
  if (learning_.empty()) {
    for (const TrainedParameter& parameter : parameters_) {
      if (!parameter.tensor.requires_grad()) continue;
      learning_.push_back(parameter.tensor);
      gradients_.push_back(at::empty_like(parameter.tensor));
    }
  }
  const std::int64_t views = batch.images.size(0), studies = batch.labels.size(0);
  batch_.images.narrow(0, 0, views).copy_(batch.images);
  batch_.study_of_view.narrow(0, 0, views).copy_(batch.study_of_view);
  batch_.labels.narrow(0, 0, studies).copy_(batch.labels);
}

void StepGraphs::compute(const Size& size) {
  const auto [views, studies] = size;
  const at::Tensor logits = model_->forward(batch_.images.narrow(0, 0, views),
                                            batch_.study_of_view.narrow(0, 0, views), studies);
  const at::Tensor loss =
      at::binary_cross_entropy_with_logits(logits, batch_.labels.narrow(0, 0, studies));
  const std::vector<at::Tensor> gradients = torch::autograd::grad({loss}, learning_);
  const at::NoGradGuard no_grad;
  loss_.copy_(loss);
  at::_foreach_copy_(gradients_, gradients);
}

}  // namespace radsweep::train
