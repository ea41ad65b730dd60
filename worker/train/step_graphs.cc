#include "worker/train/step_graphs.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/_foreach_copy.h>
#include <ATen/ops/binary_cross_entropy_with_logits.h>
#include <ATen/ops/clone.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <functional>
#include <numeric>

namespace radsweep::train {
namespace {

// As `like`, with so many in its first dimension.
at::Tensor zeros_for(std::int64_t count, const at::Tensor& like) {
  std::vector<std::int64_t> shape = like.sizes().vec();
  shape.front() = count;
  return at::empty(shape, like.options().memory_format(like.suggest_memory_format())).zero_();
}

}  // namespace

kernels::cuda::GraphRecorder recorder_for(const attempt::Spec& spec, c10::Device device) {
  if (!spec.cuda_graphs || !device.is_cuda()) return {};
  return kernels::cuda::open_graph_recorder(device);
}

BatchLimits recorded_batches(int studies_per_batch, const std::vector<data::Study>& studies) {
  std::vector<std::int64_t> views;
  for (const data::Study& study : studies) {
    views.push_back(static_cast<std::int64_t>(study.images.size()));
  }
  std::ranges::sort(views, std::greater());
  views.resize(std::min(views.size(), static_cast<std::size_t>(studies_per_batch)));
  const std::int64_t most = std::accumulate(views.begin(), views.end(), std::int64_t{0});
  return {std::min<std::int64_t>(attempt::planned_batch_images(studies_per_batch), most),
          static_cast<std::int64_t>(views.size())};
}

StepGraphs::StepGraphs(model::StudyClassifier model, std::vector<TrainedParameter>& parameters,
                       Recording how)
    : model_(std::move(model)), parameters_(parameters), how_(std::move(how)) {}

at::Tensor StepGraphs::loss_and_gradients(const BatchTensors& batch) {
  ++counts_.all;
  if (learning_.empty()) make_room(batch);
  const Size size{batch.images.size(0), batch.labels.size(0)};
  const bool fits = size.first <= how_.limits.views && size.second <= how_.limits.studies;
  if (fits && replays_.contains(size)) {
    replay(batch, size);
  } else {
    compute(batch);
    if (fits) replays_.emplace(size, nullptr);
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

void StepGraphs::make_room(const BatchTensors& like) {
  room_ = {zeros_for(how_.limits.views, like.images),
           zeros_for(how_.limits.views, like.study_of_view),
           zeros_for(how_.limits.studies, like.labels)};
  loss_ = at::empty({}, like.labels.options());
  for (const TrainedParameter& parameter : parameters_) {
    if (!parameter.tensor.requires_grad()) continue;
    learning_.push_back(parameter.tensor);
    gradients_.push_back(at::empty_like(parameter.tensor));
  }
  record_largest();
}

// First of all, of no batch: what is recorded later should fit into the memory of the largest,
// while each that is larger than all before would need more.
void StepGraphs::record_largest() {
  const Size largest{how_.limits.views, how_.limits.studies};
  std::vector<at::Tensor> statistics;
  for (const at::Tensor& buffer : model_->buffers()) statistics.push_back(buffer.clone());
  compute(room_of(largest));
  std::size_t i = 0;
  for (const at::Tensor& buffer : model_->buffers()) buffer.copy_(statistics[i++]);
  replays_[largest] = recorded(largest);
}

void StepGraphs::replay(const BatchTensors& batch, const Size& size) {
  const BatchTensors room = room_of(size);
  room.images.copy_(batch.images);
  room.study_of_view.copy_(batch.study_of_view);
  room.labels.copy_(batch.labels);
  kernels::cuda::Work& replay = replays_.at(size);
  if (!replay) replay = recorded(size);
  replay();
  ++counts_.replayed;
}

kernels::cuda::Work StepGraphs::recorded(const Size& size) {
  ++counts_.recorded;
  return how_.recorder([this, size] { compute(room_of(size)); });
}

BatchTensors StepGraphs::room_of(const Size& size) const {
  const auto& [views, studies] = size;
  return {room_.images.narrow(0, 0, views), room_.study_of_view.narrow(0, 0, views),
          room_.labels.narrow(0, 0, studies)};
}

void StepGraphs::compute(const BatchTensors& batch) {
  const at::Tensor logits =
      model_->forward(batch.images, batch.study_of_view, batch.labels.size(0));
  const at::Tensor loss = at::binary_cross_entropy_with_logits(logits, batch.labels);
  const std::vector<at::Tensor> gradients = torch::autograd::grad({loss}, learning_);
  const at::NoGradGuard no_grad;
  loss_.copy_(loss);
  at::_foreach_copy_(gradients_, gradients);
}

}  // namespace radsweep::train
