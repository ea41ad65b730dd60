#include "worker/kernels/pointwise.h"

#include <ATen/ops/conv2d.h>
#include <ATen/ops/convolution_backward.h>

#include "worker/kernels/cpu/norm_relu.h"
#include "worker/kernels/cpu/pointwise.h"

namespace radsweep::kernels {

at::Tensor norm_relu_pointwise(const at::Tensor& maps, const Norm& norm, const at::Tensor& weight) {
  if (cpu::handles(maps)) return cpu::norm_relu_pointwise(maps, norm, weight);
  return at::conv2d(norm_relu(maps, norm), weight);
}

PointwiseGradient norm_relu_pointwise_backward(const at::Tensor& gradient, const at::Tensor& maps,
                                               const Norm& norm, const at::Tensor& weight,
                                               bool wants_weight, const at::Tensor& into) {
  if (cpu::handles(maps) && cpu::handles(gradient) && cpu::handles(into)) {
    return cpu::norm_relu_pointwise_backward(gradient, maps, norm, weight, wants_weight, into);
  }
  const auto [by_input, by_weight, by_bias] = at::convolution_backward(
      gradient, norm_relu(maps, norm), weight, /*bias_sizes=*/at::OptionalIntArrayRef(),
      /*stride=*/{1, 1}, /*padding=*/{0, 0}, /*dilation=*/{1, 1}, /*transposed=*/false,
      /*output_padding=*/{0, 0}, /*groups=*/1, {true, wants_weight, false});
  return {norm_relu_backward(by_input, maps, norm, into, Write::add), by_weight};
}

}  // namespace radsweep::kernels
