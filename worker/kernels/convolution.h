// A 2d convolution without bias, whose maps may be bf16 where its weight is float32. No function is
// differentiable: call them without grad mode.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "worker/kernels/bf16.h"

namespace radsweep::kernels {

struct Window {
  std::int64_t stride = 1, padding = 0;
};

// maps [n, in, h, w], weight [out, in, side, side] -> [n, out, h', w'] of the maps' type. With maps
// and weight of one type it is ATen's; otherwise the weight is rounded to the maps' type.
at::Tensor convolution(const at::Tensor& maps, const at::Tensor& weight, const Window& window);
at::Tensor convolution(const at::Tensor& maps, const at::Tensor& weight, const Window& window,
                       Products products);

// Undefined where not wanted; each of the type of what it is the gradient of.
struct ConvolutionGradient {
  at::Tensor maps, weight;
};
struct WantedGradient {
  bool maps = true, weight = true;
};

ConvolutionGradient convolution_backward(const at::Tensor& gradient, const at::Tensor& maps,
                                         const at::Tensor& weight, const Window& window,
                                         const WantedGradient& wanted);
ConvolutionGradient convolution_backward(const at::Tensor& gradient, const at::Tensor& maps,
                                         const at::Tensor& weight, const Window& window,
                                         const WantedGradient& wanted, Products products);

}  // namespace radsweep::kernels
