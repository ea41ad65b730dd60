#include "worker/kernels/pointwise.h"

#include "worker/kernels/convolution.h"
#include "worker/kernels/cpu/norm_relu.h"
#include "worker/kernels/cpu/pointwise.h"

namespace radsweep::kernels {

at::Tensor norm_relu_pointwise(const at::Tensor& maps, const Norm& norm, const at::Tensor& weight) {
  if (cpu::handles(maps)) return cpu::norm_relu_pointwise(maps, norm, weight, products_of(maps));
  return convolution(norm_relu(maps, norm), weight, {});
}

PointwiseGradient norm_relu_pointwise_backward(const PendingGradient& gradient,
                                               const at::Tensor& maps, const Norm& norm,
                                               const at::Tensor& weight, bool wants_weight,
                                               const at::Tensor& into) {
  if (cpu::handles(maps) && cpu::handles(gradient, maps) && cpu::handles(into)) {
    return cpu::norm_relu_pointwise_backward(gradient, maps, norm, weight, wants_weight, into,
                                             products_of(maps));
  }
  const ConvolutionGradient by = convolution_backward(
      whole(gradient), norm_relu(maps, norm), weight, {}, {.maps = true, .weight = wants_weight});
  return {norm_relu_backward(by.maps, maps, norm, into, Write::add), by.weight};
}

}  // namespace radsweep::kernels
