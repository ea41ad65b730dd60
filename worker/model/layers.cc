#include "worker/model/layers.h"

#include <ATen/ops/batch_norm.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/full.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include "base/error.h"

namespace radsweep::model {

ConvImpl::ConvImpl(Shape shape)
    : weight(
          register_parameter("weight", at::zeros({shape.out, shape.in, shape.side, shape.side}))),
      shape_(shape) {}

at::Tensor ConvImpl::forward(const at::Tensor& input) {
  return at::conv2d(input, weight, {}, shape_.stride, shape_.padding);
}

LinearImpl::LinearImpl(std::int64_t in, std::int64_t out)
    : weight(register_parameter("weight", at::zeros({out, in}))) {}

at::Tensor LinearImpl::forward(const at::Tensor& input) {
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
  if (is_training()) {
    if (input.numel() <= input.size(1)) {
      throw Error(ExitCode::usage, "normalise", "a training batch",
                  "it holds a single value per channel, whose variance is undefined",
                  "larger batches (studies_per_batch, drop_last: true) or larger images");
    }
    num_batches_tracked.add_(1);
  }
  return at::batch_norm(input, weight, bias, running_mean, running_var, is_training(), kMomentum,
                        kEps, /*cudnn_enabled=*/true);
}

}  // namespace radsweep::model
