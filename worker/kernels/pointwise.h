// A 1x1 convolution of relu(norm(maps)), forwards and backwards. On the CPU relu(norm(maps)) is
// never in memory as a whole: a cache full of pixels at a time goes through norm, ReLU and matrix
// product. Maps as in norm_relu.h; the weight has the type of the norms.
#pragma once

#include <ATen/core/Tensor.h>

#include "worker/kernels/norm_relu.h"

namespace radsweep::kernels {

// maps [n, c, h, w], weight [out, c, 1, 1] -> [n, out, h, w]
at::Tensor norm_relu_pointwise(const at::Tensor& maps, const Norm& norm, const at::Tensor& weight);

struct PointwiseGradient {
  NormGradient norm;
  at::Tensor weight;  // undefined unless wanted
};

// From the `gradient` of that; adds the maps' to `into`, as norm_relu_backward does. The weight's
// and the norm's depend in their last digits on the number of threads, as a convolution's do.
PointwiseGradient norm_relu_pointwise_backward(const PendingGradient& gradient,
                                               const at::Tensor& maps, const Norm& norm,
                                               const at::Tensor& weight, bool wants_weight,
                                               const at::Tensor& into);

}  // namespace radsweep::kernels
