// How bfloat16 is multiplied: a float32 cut to 8 significant bits, in which maps are kept when a
// run's precision is bf16. Weights and whatever is summed up stay float32.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

namespace radsweep::kernels {

// The product of two bf16 values is exact in float32, where both ways add them up: they differ in
// the order of additions.
enum class Products {
  native,  // by the device's instructions for it
  widened  // as float32, which takes as long as float32 does
};

// native: x86 processors with AVX512-BF16 (those with AMX have it too), GPUs from compute
// capability 8.0 on. Elsewhere LibTorch's bf16 products take many times as long as float32's.
// All GPUs of a process count as one kind.
Products products_on(c10::Device device);
// Of such maps: those of their device for bf16, native for all other types.
Products products_of(const at::Tensor& maps);

}  // namespace radsweep::kernels
