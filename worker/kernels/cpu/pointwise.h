// pointwise.h for channels-last floats, doubles and bf16 on the CPU; bf16 is multiplied as
// `products` says.
#pragma once

#include "worker/kernels/bf16.h"
#include "worker/kernels/pointwise.h"

namespace radsweep::kernels::cpu {

at::Tensor norm_relu_pointwise(const at::Tensor& maps, const Norm& norm, const at::Tensor& weight,
                               Products products);
PointwiseGradient norm_relu_pointwise_backward(const PendingGradient& gradient,
                                               const at::Tensor& maps, const Norm& norm,
                                               const at::Tensor& weight, bool wants_weight,
                                               const at::Tensor& into, Products products);

}  // namespace radsweep::kernels::cpu
