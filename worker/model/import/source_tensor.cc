#include "worker/model/import/source_tensor.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "worker/model/import/byte_reader.h"

namespace radsweep::model {
namespace {

static_assert(std::endian::native == std::endian::little, "values are read as they are");

constexpr std::uint64_t kMaxElements = std::uint64_t{1} << 40;

// IEEE 754 binary16: 5 bits of exponent, 10 of fraction.
float from_half(std::uint16_t bits) {
  const int exponent = bits >> 10 & 31;
  const auto fraction = static_cast<float>(bits & 1023);
  float value = std::ldexp(exponent == 0 ? fraction : fraction + 1024, exponent - 25);
  if (exponent == 0) value = std::ldexp(fraction, -24);
  if (exponent == 31) value = std::numeric_limits<float>::infinity();  // or NaN: refused alike
  return bits >> 15 ? -value : value;
}

template <typename T>
T element_at(const char* place) {
  T value;
  std::memcpy(&value, place, sizeof value);
  return value;
}

float float_at(const char* place, WeightsType type) {
  switch (type) {
    case WeightsType::F16:
      return from_half(element_at<std::uint16_t>(place));
    case WeightsType::BF16:
      return std::bit_cast<float>(static_cast<std::uint32_t>(element_at<std::uint16_t>(place))
                                  << 16);
    case WeightsType::F64:
      return static_cast<float>(element_at<double>(place));
    default:
      return element_at<float>(place);
  }
}

// Calls `visit` with the place of every element, in C order.
template <typename Visit>
void visit_elements(const SourceTensor& tensor, std::uint64_t count, const Visit& visit) {
  const std::uint64_t width = value_bytes(tensor.type);
  std::vector<std::int64_t> index(tensor.shape.size());
  std::uint64_t at = 0;
  for (std::uint64_t done = 0; done < count; ++done) {
    visit(tensor.values.data() + at * width);
    for (std::size_t axis = index.size(); axis-- > 0;) {
      const auto stride = static_cast<std::uint64_t>(tensor.strides[axis]);
      at += stride;
      if (++index[axis] < tensor.shape[axis]) break;
      at -= stride * static_cast<std::uint64_t>(tensor.shape[axis]);
      index[axis] = 0;
    }
  }
}

}  // namespace

std::uint64_t element_count(const SourceTensor& tensor, const std::string& where) {
  // Without the zeros, too: strides are products of some of the sizes.
  std::uint64_t count = 1;
  bool empty = false;
  for (const std::int64_t size : tensor.shape) {
    empty = empty || size == 0;
    const auto factor = static_cast<std::uint64_t>(size == 0 ? 1 : size);
    if (size < 0 || count > kMaxElements / factor) {
      refuse_import(where, "tensor " + quoted_name(tensor.name) + " is larger than any memory");
    }
    count *= factor;
  }
  return empty ? 0 : count;
}

void check_reach(const SourceTensor& tensor, const std::string& where) {
  const std::uint64_t available = tensor.values.size() / value_bytes(tensor.type);
  std::uint64_t last = 0;
  bool within = tensor.strides.size() == tensor.shape.size();
  const std::uint64_t count = element_count(tensor, where);
  if (within && count == 0) return;
  // Strides of 0 would make terabytes out of one value.
  if (count > available) within = false;
  for (std::size_t axis = 0; within && axis < tensor.shape.size(); ++axis) {
    const auto steps = static_cast<std::uint64_t>(tensor.shape[axis]) - 1;
    const auto stride = static_cast<std::uint64_t>(tensor.strides[axis]);
    within = tensor.strides[axis] >= 0 && (steps == 0 || stride <= (kMaxElements - last) / steps);
    if (within) last += steps * stride;
  }
  if (!within || last >= available) {
    refuse_import(where, "tensor " + quoted_name(tensor.name) + " reaches beyond its values");
  }
}

std::string values_of(const SourceTensor& tensor, const std::string& where) {
  const std::uint64_t count = element_count(tensor, where);
  std::string bytes;
  if (tensor.type == WeightsType::I64) {
    bytes.reserve(count * sizeof(std::int64_t));
    visit_elements(tensor, count, [&](const char* place) { bytes.append(place, 8); });
    return bytes;
  }
  bytes.reserve(count * sizeof(float));
  bool finite = true;
  visit_elements(tensor, count, [&](const char* place) {
    const float value = float_at(place, tensor.type);
    finite = finite && std::isfinite(value);
    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  });
  if (!finite) {
    refuse_import(where,
                  "tensor " + quoted_name(tensor.name) +
                      " has values that are infinite or not numbers, or beyond float32's range",
                  "get the file again");
  }
  return bytes;
}

}  // namespace radsweep::model
