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

// x -> (x - mean) * inverse_std * weight + bias
struct Norm {
  at::Tensor mean, inverse_std, weight, bias;

  at::Tensor scale() const { return inverse_std * weight; }
};

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
