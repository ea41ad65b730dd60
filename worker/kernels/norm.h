// What batch normalisation does to a channel, taken apart, so that it can be fused with what
// stands beside it. All tensors [c], on the device and of the type of the maps, for bf16 maps
// floats.
#pragma once

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>

#include <cstdint>

namespace radsweep::kernels {

// Of the values of each channel; the variance is the biased one.
struct Moments {
  at::Tensor mean, variance;
};

// x -> x * scale + shift
struct Norm {
  at::Tensor mean, inverse_std;
  at::Tensor scale, shift;  // inverse_std * weight, bias - mean * scale
};
Norm norm_of(const at::Tensor& mean, const at::Tensor& inverse_std, const at::Tensor& weight,
             const at::Tensor& bias);

// Of the loss, by a norm's parameters.
struct NormGradient {
  at::Tensor weight, bias;
};

// In training mean and inverse_std depend on the values they normalise. A gradient that was
// computed as if they did not is made whole by taking away constant + slope * (x - mean). Several
// norms of the same channels share mean and variance: their corrections add up.
struct MomentsGradient {
  at::Tensor constant, slope;
};

// `count`: values per channel.
MomentsGradient through_moments(const Norm& norm, const NormGradient& gradient, std::int64_t count);

}  // namespace radsweep::kernels
