#include "worker/train/gradient_buckets.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/variable.h>

#include <memory>

#include "base/error.h"

namespace radsweep::train {

class GradientBuckets::Arrival : public torch::autograd::PostAccumulateGradHook {
 public:
  Arrival(GradientBuckets& buckets, std::size_t parameter)
      : buckets_(buckets), parameter_(parameter) {}
  void operator()(const at::Tensor& /*its tensor*/) override { buckets_.arrived(parameter_); }

 private:
  GradientBuckets& buckets_;
  std::size_t parameter_;
};

GradientBuckets::GradientBuckets(GradientSync& sync, std::vector<TrainedParameter>& parameters,
                                 std::size_t bytes)
    : sync_(sync), parameters_(parameters), bytes_(bytes), bucket_of_(parameters.size()) {
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    torch::autograd::impl::set_post_acc_grad_hooks(parameters_[i].tensor,
                                                   std::make_unique<Arrival>(*this, i));
  }
}

GradientBuckets::~GradientBuckets() {
  for (const TrainedParameter& parameter : parameters_) {
    torch::autograd::impl::set_post_acc_grad_hooks(parameter.tensor, nullptr);
  }
}

void GradientBuckets::begin() {
  buckets_.clear();
  begun_ = 0;
  std::size_t filled = bytes_;
  for (std::size_t i = parameters_.size(); i-- > 0;) {
    const at::Tensor& tensor = parameters_[i].tensor;
    if (!tensor.requires_grad()) continue;
    if (filled >= bytes_) {
      buckets_.emplace_back();
      filled = 0;
    }
    bucket_of_[i] = buckets_.size() - 1;
    buckets_.back().parameters.push_back(i);
    ++buckets_.back().missing;
    filled += tensor.nbytes();
  }
}

void GradientBuckets::arrived(std::size_t parameter) {
  if (buckets_.empty()) return;  // a pass that nobody announced: not one of several ranks
  --buckets_[bucket_of_[parameter]].missing;
  // In their order, whatever the order they are full in, so that it is the same on every rank.
  while (begun_ < buckets_.size() && buckets_[begun_].missing == 0) begin_sum(buckets_[begun_++]);
}

void GradientBuckets::finish() {
  // A parameter that learns but took no part: its bucket was never full.
  while (begun_ < buckets_.size()) begin_sum(buckets_[begun_++]);
  sync_.finish_sums();
  const at::NoGradGuard no_grad;
  for (const Bucket& bucket : buckets_) {
    for_each_gradient(
        bucket, [](const at::Tensor& part, const at::Tensor& gradient) { gradient.copy_(part); });
  }
  buckets_.clear();
}

void GradientBuckets::begin_sum(Bucket& bucket) {
  const at::NoGradGuard no_grad;
  std::int64_t values = 0;
  const at::Tensor* any = nullptr;
  for (const std::size_t i : bucket.parameters) {
    const at::Tensor& gradient = parameters_[i].tensor.grad();
    if (!gradient.defined()) continue;
    any = &gradient;
    values += gradient.numel();
  }
  if (!any) return;
  bucket.joined = at::empty({values}, any->options());
  for_each_gradient(
      bucket, [](const at::Tensor& part, const at::Tensor& gradient) { part.copy_(gradient); });
  sync_.begin_sum(bucket.joined);
}

// action(its part of `joined`, the gradient)
template <typename Action>
void GradientBuckets::for_each_gradient(const Bucket& bucket, const Action& action) {
  std::int64_t first = 0;
  for (const std::size_t i : bucket.parameters) {
    const at::Tensor& gradient = parameters_[i].tensor.grad();
    if (!gradient.defined()) continue;
    action(bucket.joined.narrow(0, first, gradient.numel()).view(gradient.sizes()), gradient);
    first += gradient.numel();
  }
}

}  // namespace radsweep::train
