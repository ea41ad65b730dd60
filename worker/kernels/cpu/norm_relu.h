// norm_relu.h for channels-last floats, doubles and bf16 on the CPU. Results do not depend on the
// number of threads.
#pragma once

#include "worker/kernels/norm_relu.h"

namespace radsweep::kernels::cpu {

bool handles(const at::Tensor& maps);
// Whether it does, and all are of one type.
bool handles(const at::Tensor& gradient, const at::Tensor& maps, const at::Tensor& into);
// A gradient of these maps' type, with what it is pending on.
bool handles(const PendingGradient& gradient, const at::Tensor& maps);

Moments channel_moments(const at::Tensor& maps);
at::Tensor norm_relu(const at::Tensor& maps, const Norm& norm);
NormGradient norm_relu_backward(const at::Tensor& gradient, const at::Tensor& maps,
                                const Norm& norm, const at::Tensor& into, Write write);
// A gradient of bf16 maps may be of floats.
at::Tensor through_moments(const at::Tensor& gradient, const at::Tensor& maps,
                           const at::Tensor& mean, const MomentsGradient& correction);

}  // namespace radsweep::kernels::cpu
