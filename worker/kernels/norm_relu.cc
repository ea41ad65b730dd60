#include "worker/kernels/norm_relu.h"

#include <ATen/OpMathType.h>
#include <ATen/ops/addcmul.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/sum.h>
#include <ATen/ops/threshold_backward.h>
#include <ATen/ops/var_mean.h>

#include <array>

#include "worker/kernels/cpu/norm_relu.h"
#include "worker/kernels/cuda/norm_relu.h"

namespace radsweep::kernels {
namespace {

at::Tensor by_channel(const at::Tensor& values) {
  return values.view({1, -1, 1, 1});
}

// bf16 as floats; others as they are.
at::Tensor widened(const at::Tensor& maps) {
  return maps.to(at::toOpMathType(maps.scalar_type()));
}

at::Tensor normalised(const at::Tensor& maps, const Norm& norm) {
  return at::addcmul(by_channel(norm.shift), widened(maps), by_channel(norm.scale));
}

}  // namespace

void prepare(c10::Device device) {
  if (device.is_cuda()) cuda::gpu_of(device);
}

Moments channel_moments(const at::Tensor& maps) {
  if (cpu::handles(maps)) return cpu::channel_moments(maps);
  if (cuda::handles(maps)) return cuda::channel_moments(cuda::gpu_of(maps.device()), maps);
  const auto [variance, mean] =
      at::var_mean(widened(maps), at::IntArrayRef{0, 2, 3}, /*correction=*/0);
  return {mean, variance};
}

at::Tensor norm_relu(const at::Tensor& maps, const Norm& norm) {
  if (cpu::handles(maps)) return cpu::norm_relu(maps, norm);
  if (cuda::handles(maps)) return cuda::norm_relu(cuda::gpu_of(maps.device()), maps, norm);
  return normalised(maps, norm).relu_().to(maps.scalar_type());
}

NormGradient norm_relu_backward(const at::Tensor& gradient, const at::Tensor& maps,
                                const Norm& norm, const at::Tensor& into, Write write) {
  if (cpu::handles(gradient, maps, into)) {
    return cpu::norm_relu_backward(gradient, maps, norm, into, write);
  }
  if (cuda::handles(maps) && cuda::handles(gradient) && cuda::handles(into)) {
    return cuda::norm_relu_backward(cuda::gpu_of(maps.device()), gradient, maps, norm, into, write);
  }
  const at::Tensor active = at::threshold_backward(widened(gradient), normalised(maps, norm), 0);
  const at::Tensor centred = widened(maps) - by_channel(norm.mean);
  constexpr std::array<std::int64_t, 3> all_but_channels{0, 2, 3};
  const NormGradient sums{(active * centred).sum(all_but_channels) * norm.inverse_std,
                          active.sum(all_but_channels)};
  if (write == Write::add) {
    into.addcmul_(active, by_channel(norm.scale));
  } else {
    at::Tensor target = into;
    at::mul_out(target, active, by_channel(norm.scale));
  }
  return sums;
}

at::Tensor whole(const PendingGradient& pending) {
  if (pending.is_whole()) return pending.gradient;
  return through_moments(pending.gradient, pending.maps, pending.mean, pending.correction);
}

at::Tensor through_moments(const at::Tensor& gradient, const at::Tensor& maps,
                           const at::Tensor& mean, const MomentsGradient& correction) {
  if (cpu::handles(maps) && cpu::handles(gradient)) {
    return cpu::through_moments(gradient, maps, mean, correction);
  }
  if (cuda::handles(maps) && cuda::handles(gradient)) {
    return cuda::through_moments(cuda::gpu_of(maps.device()), gradient, maps, mean, correction);
  }
  const at::Tensor centred = widened(maps) - by_channel(mean);
  return (widened(gradient) - by_channel(correction.constant))
      .addcmul_(centred, by_channel(correction.slope), -1)
      .to(maps.scalar_type());
}

}  // namespace radsweep::kernels
