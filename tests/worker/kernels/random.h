// Tensors of normal numbers for the kernels' tests, the same at every call.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>

namespace radsweep::kernels {

inline at::Tensor random(at::IntArrayRef sizes, std::uint64_t seed) {
  return at::randn(sizes, at::make_generator<at::CPUGeneratorImpl>(seed));
}

}  // namespace radsweep::kernels
