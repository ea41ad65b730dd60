// Augmentation on a GPU.
#pragma once

#include <ATen/core/Tensor.h>

#include "worker/kernels/cuda/gpu.h"

namespace radsweep::kernels::cuda {

// As kernels::augmented().
at::Tensor augmented(const Gpu& gpu, const at::Tensor& pixels, const at::Tensor& changes);

}  // namespace radsweep::kernels::cuda
