// Convolutions and linear maps of bf16 inputs by weights that are and stay float32. For the
// backward pass the input is kept as it is, in bf16.
//
// The convolution is not differentiable twice: throws Error(internal) as fused_block.h does.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include "worker/kernels/convolution.h"

namespace radsweep::model {

// Whether the device has instructions for it (see kernels/bf16.h): without, bf16 is not faster.
bool multiplies_bf16(c10::Device device);

// maps [n, in, h, w] of bf16, weight [out, in, side, side] -> [n, out, h', w'] of bf16
at::Tensor bf16_convolution(const at::Tensor& maps, const at::Tensor& weight,
                            const kernels::Window& window);

// input [n, in] of bf16, weight [out, in] -> [n, out] of float32: the sums are not rounded, so that
// two logits are equal no more often than in float32.
at::Tensor bf16_linear(const at::Tensor& input, const at::Tensor& weight);

}  // namespace radsweep::model
