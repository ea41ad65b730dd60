// Batch normalisation of a batch that ranks share, as one operation with a gradient of its own.
#pragma once

#include <ATen/core/Tensor.h>

#include "worker/model/layers.h"

namespace radsweep::model {

// As BatchNormImpl::forward in training mode, for a norm with a shared batch. Of bf16 the result
// is bf16, and everything between is float32. Not differentiable twice: throws Error(internal).
at::Tensor shared_norm(const at::Tensor& input, BatchNormImpl& norm);

}  // namespace radsweep::model
