// pointwise.h for channels-last floats and doubles on the CPU.
#pragma once

#include "worker/kernels/pointwise.h"

namespace radsweep::kernels::cpu {

at::Tensor norm_relu_pointwise(const at::Tensor& maps, const Norm& norm, const at::Tensor& weight);
PointwiseGradient norm_relu_pointwise_backward(const at::Tensor& gradient, const at::Tensor& maps,
                                               const Norm& norm, const at::Tensor& weight,
                                               bool wants_weight, const at::Tensor& into);

}  // namespace radsweep::kernels::cpu
