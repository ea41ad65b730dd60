// norm_relu.h for floats on a GPU, channels last or first. The same bits every time.
#pragma once

#include "worker/kernels/cuda/gpu.h"
#include "worker/kernels/norm_relu.h"

namespace radsweep::kernels::cuda {

// [n, c, h, w], not empty, fewer than 2^30 pixels in all, evenly apart within an image, the last
// value less than 2^32 places behind the first.
bool laid_out_for_kernels(const at::Tensor& maps);
// Those that are floats on a GPU.
bool handles(const at::Tensor& maps);

Moments channel_moments(const Gpu& gpu, const at::Tensor& maps);
at::Tensor norm_relu(const Gpu& gpu, const at::Tensor& maps, const Norm& norm);
NormGradient norm_relu_backward(const Gpu& gpu, const at::Tensor& gradient, const at::Tensor& maps,
                                const Norm& norm, const at::Tensor& into, Write write);
at::Tensor through_moments(const Gpu& gpu, const at::Tensor& gradient, const at::Tensor& maps,
                           const at::Tensor& mean, const MomentsGradient& correction);

}  // namespace radsweep::kernels::cuda
