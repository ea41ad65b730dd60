// Batch normalisation, ReLU and a pool as one operation with a gradient of its own. Of its maps
// only the input is kept for the backward pass; what lies between is computed again.
//
// Not differentiable twice: throws Error(internal) when a backward pass is to be differentiable.
#pragma once

#include <ATen/core/Tensor.h>

#include "worker/model/layers.h"

namespace radsweep::model {

enum class Pool {
  average_2x2,    // stride 2: the transitions'
  max_3x3_padded  // stride 2, padding 1: the stem's
};

// [n, c, h, w] -> [n, c, h / 2, w / 2], halves rounded down for the average and up for the maximum.
// In training mode the norm's running statistics move once.
at::Tensor norm_relu_pool(const at::Tensor& maps, const BatchNorm& norm, Pool pool);

}  // namespace radsweep::model
