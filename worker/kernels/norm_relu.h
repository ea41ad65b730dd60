// Batch normalisation and ReLU as one operation, forwards and backwards. Maps are [n, c, h, w],
// channels last or not, and may be some channels of wider maps. Channels-last maps of floats,
// doubles or bf16 on the CPU, and maps of floats with pixels evenly apart on a GPU, are passed over
// once, by loops and kernels of our own; all others by ATen's operators. Norms of bf16 maps are of
// floats, and so are moments. No function is differentiable: call them without grad mode.
#pragma once

#include <ATen/core/Tensor.h>

#include "worker/kernels/norm.h"

namespace radsweep::kernels {

// On a GPU: compiles its kernels now, not at their first use, so that what is missing is told
// before a training begins. Throws as kernels::cuda::Gpu does. Elsewhere there is nothing to do.
void prepare(c10::Device device);

Moments channel_moments(const at::Tensor& maps);

// relu(norm(maps)), in the maps' memory format.
at::Tensor norm_relu(const at::Tensor& maps, const Norm& norm);

enum class Write { over, add };

// From the gradient of relu(norm(maps)): returns the norm's, and writes the maps' into `into`
// (which may be `gradient` itself), taking mean and inverse_std for constants. For bf16 maps `into`
// may be of floats.
NormGradient norm_relu_backward(const at::Tensor& gradient, const at::Tensor& maps,
                                const Norm& norm, const at::Tensor& into, Write write);

// gradient - constant - slope * (maps - mean), as maps of their own and of the maps' type. For bf16
// maps the gradient may be of floats.
at::Tensor through_moments(const at::Tensor& gradient, const at::Tensor& maps,
                           const at::Tensor& mean, const MomentsGradient& correction);

// A gradient of maps, from which what flows through their moments is still to be taken: whoever
// uses it next does so in passing.
struct PendingGradient {
  at::Tensor gradient;
  at::Tensor maps = {}, mean = {};  // needed with a correction
  MomentsGradient correction = {};  // undefined: there is nothing to take

  bool is_whole() const { return !correction.slope.defined(); }
};
// Takes it now.
at::Tensor whole(const PendingGradient& pending);

}  // namespace radsweep::kernels
