// Between tensors and what the loops work on.
#pragma once

#include <ATen/ops/empty.h>

#include "worker/kernels/cpu/row_loops.h"
#include "worker/kernels/norm.h"

namespace radsweep::kernels::cpu {

inline at::Tensor channels_last(at::IntArrayRef sizes, const at::Tensor& like) {
  return at::empty(sizes, like.options().memory_format(at::MemoryFormat::ChannelsLast));
}

// values * factor as a tensor of T
template <typename T>
at::Tensor per_channel(const double* values, std::int64_t channels, double factor,
                       const at::Tensor& like) {
  at::Tensor result = at::empty(
      {channels}, like.options().dtype(c10::CppTypeToScalarType<T>::value).memory_format({}));
  T* out = result.mutable_data_ptr<T>();
  for (std::int64_t c = 0; c < channels; ++c) out[c] = static_cast<T>(values[c] * factor);
  return result;
}

// Keeps alive what an Affine points to.
struct HeldAffine {
  explicit HeldAffine(const Norm& norm)
      : scale(norm.scale.contiguous()),
        shift(norm.shift.contiguous()),
        mean(norm.mean.contiguous()) {}

  template <typename T>
  Affine<T> of() const {
    return {values_of<T>(scale), values_of<T>(shift), values_of<T>(mean)};
  }

  at::Tensor scale, shift, mean;
};

}  // namespace radsweep::kernels::cpu
