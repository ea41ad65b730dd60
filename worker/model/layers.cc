#include "worker/model/layers.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/batch_norm.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/full.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include "base/error.h"
#include "worker/model/bf16_layers.h"
#include "worker/model/shared_norm.h"

namespace radsweep::model {
namespace {

void refuse_single_value(std::int64_t count) {
  if (count > 1) return;
  throw Error(ExitCode::usage, "normalise", "a training batch",
              "it holds a single value per channel, whose variance is undefined",
              "larger batches (studies_per_batch, drop_last: true) or larger images");
}

bool is_mixed(const at::Tensor& input, const at::Tensor& weight) {
  return input.scalar_type() == at::kBFloat16 && weight.scalar_type() == at::kFloat;
}

}  // namespace

ConvImpl::ConvImpl(Shape shape)
    : weight(
          register_parameter("weight", at::zeros({shape.out, shape.in, shape.side, shape.side}))),
      shape_(shape) {}

at::Tensor ConvImpl::forward(const at::Tensor& input) {
  if (is_mixed(input, weight)) {
    return bf16_convolution(input, weight, {shape_.stride, shape_.padding});
  }
  return at::conv2d(input, weight, {}, shape_.stride, shape_.padding);
}

LinearImpl::LinearImpl(std::int64_t in, std::int64_t out)
    : weight(register_parameter("weight", at::zeros({out, in}))) {}

at::Tensor LinearImpl::forward(const at::Tensor& input) {
  if (is_mixed(input, weight)) return bf16_linear(input, weight);
  return at::linear(input, weight);
}

BatchNormImpl::BatchNormImpl(std::int64_t channels, double initial_bias)
    : weight(register_parameter("weight", at::ones({channels}))),
      bias(register_parameter("bias", at::full({channels}, initial_bias))),
      running_mean(register_buffer("running_mean", at::zeros({channels}))),
      running_var(register_buffer("running_var", at::ones({channels}))),
      num_batches_tracked(
          register_buffer("num_batches_tracked", at::zeros({}, at::dtype(at::kLong)))) {}

at::Tensor BatchNormImpl::forward(const at::Tensor& input) {
  if (is_training() && shared_batch_) return shared_norm(input, *this);
  if (is_training()) {
    refuse_single_value(input.numel() / input.size(1));
    num_batches_tracked.add_(1);
  }
  return at::batch_norm(input, weight, bias, running_mean, running_var, is_training(), kMomentum,
                        kEps, /*cudnn_enabled=*/true);
}

kernels::Norm BatchNormImpl::of_batch(const kernels::Moments& moments, std::int64_t count) {
  refuse_single_value(count);
  const at::NoGradGuard no_grad;
  num_batches_tracked.add_(1);
  running_mean.mul_(1 - kMomentum).add_(moments.mean, kMomentum);
  // the running variance is the unbiased one
  const auto n = static_cast<double>(count);
  running_var.mul_(1 - kMomentum).add_(moments.variance, kMomentum * n / (n - 1));
  return kernels::norm_of(moments.mean, (moments.variance + kEps).rsqrt_(), weight, bias);
}

kernels::Norm BatchNormImpl::of_running() const {
  const at::NoGradGuard no_grad;
  return kernels::norm_of(running_mean.clone(), (running_var + kEps).rsqrt_(), weight, bias);
}

kernels::Norm BatchNormImpl::norm_for(const at::Tensor& maps) {
  if (!is_training()) return of_running();
  const at::NoGradGuard no_grad;
  return of_batch(moments(shared_batch_, maps), values_per_channel(shared_batch_, maps));
}

}  // namespace radsweep::model
