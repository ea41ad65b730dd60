// One tensor of a file to import: its values stay where they are in the file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "worker/model/weights_header.h"

namespace radsweep::model {

struct SourceTensor {
  std::string name;
  WeightsType type = WeightsType::F32;
  std::vector<std::int64_t> shape;
  std::vector<std::int64_t> strides;  // in elements, none negative
  std::string_view values;            // little-endian, from the tensor's first element on
};

// Number of elements. Throws Error(environment) for a shape that is larger than any memory.
std::uint64_t element_count(const SourceTensor& tensor, const std::string& where);

// Throws Error(environment) unless every element lies within `values`, which has no fewer values
// than the tensor has elements.
void check_reach(const SourceTensor& tensor, const std::string& where);

// The elements in C order as little-endian float32 (of floats of any width) or int64. `tensor`
// has passed check_reach. Throws Error(environment) when a float is infinite or not a number, also
// when only a float32 cannot hold it.
std::string values_of(const SourceTensor& tensor, const std::string& where);

}  // namespace radsweep::model
