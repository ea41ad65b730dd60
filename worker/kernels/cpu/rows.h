// Channels-last maps as a matrix: a row per pixel, a column per channel. Some channels of wider
// maps are rows with a wider stride.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>

namespace radsweep::kernels::cpu {

template <typename T>
struct Rows {
  T* data;
  std::int64_t rows, channels, stride;

  T* at(std::int64_t row) const { return data + row * stride; }
  Rows part(std::int64_t first, std::int64_t count) const {
    return {at(first), count, channels, stride};
  }
  operator Rows<const T>() const { return {data, rows, channels, stride}; }
};

// Values from one row to the next; nullopt when the maps are not laid out so.
inline std::optional<std::int64_t> row_stride(const at::Tensor& maps) {
  const std::int64_t c = maps.size(1), h = maps.size(2), w = maps.size(3);
  if (c > 1 && maps.stride(1) != 1) return std::nullopt;
  std::int64_t stride = c;  // of a single row, nobody's concern
  if (w > 1) {
    stride = maps.stride(3);
  } else if (h > 1) {
    stride = maps.stride(2);
  } else if (maps.size(0) > 1) {
    stride = maps.stride(0);
  }
  const bool even = stride >= c && (h == 1 || maps.stride(2) == w * stride) &&
                    (maps.size(0) == 1 || maps.stride(0) == h * w * stride);
  return even ? std::optional(stride) : std::nullopt;
}

// Of maps that have a row stride.
template <typename T>
Rows<T> rows_of(const at::Tensor& maps) {
  const std::int64_t c = maps.size(1);
  return {static_cast<T*>(maps.data_ptr()), maps.numel() / c, c, row_stride(maps).value()};
}

template <typename T>
const T* values_of(const at::Tensor& per_channel) {
  return static_cast<const T*>(per_channel.const_data_ptr());
}

}  // namespace radsweep::kernels::cpu
