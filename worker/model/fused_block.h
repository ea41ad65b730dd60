// A dense block as one operation with a gradient of its own.
//
// All features lie in one buffer, which the layers write side by side: nothing is concatenated.
// Mean and variance of a feature are computed once, however many later layers normalise it. For
// the backward pass only that buffer and the outputs of the 1x1 convolutions are kept; norms and
// ReLUs are computed again. The features' gradient is summed in one buffer as well; what of it
// flows through mean and variance is linear in the feature, so that all layers' shares of it are
// added up per channel and taken off once, when the feature's gradient is complete.
//
// With an input of bf16 the maps are bf16, the features' gradient is summed in float32, and so are
// moments and all gradients of parameters.
//
// Not differentiable twice: throws Error(internal) when a backward pass is to be differentiable.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "worker/model/dense_block.h"

namespace radsweep::model {

// As DenseBlockImpl::forward. In training mode every norm's running statistics move once.
at::Tensor fused_dense_block(const at::Tensor& input, const std::vector<DenseLayer>& layers);

}  // namespace radsweep::model
