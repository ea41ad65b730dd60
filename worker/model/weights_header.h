// The JSON header of a safetensors file: what is where. Pure text and numbers, no tensors.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace radsweep::model {

// The values of networks: radsweep's own consist of F32 and I64, imported ones of all of these.
// safetensors knows more, which are refused.
enum class WeightsType { F32, I64, F16, BF16, F64 };

struct WeightsEntry {
  std::string name;
  WeightsType type = WeightsType::F32;
  std::vector<std::int64_t> shape;
  std::uint64_t begin = 0, end = 0;  // byte range within the data that follows the header
};

struct WeightsHeader {
  std::vector<WeightsEntry> entries;  // ascending by `begin`
  std::map<std::string, std::string> metadata;
};

std::uint64_t value_bytes(WeightsType type);
const char* type_name(WeightsType type);  // as in the file: "F32"

// `json` is the header's text, `data_bytes` what follows it in the file, `where` the file's name
// for errors. Promises that the ranges fit shapes and types and cover 0..data_bytes without gap
// or overlap. Throws Error(environment).
WeightsHeader parse_weights_header(std::string_view json, std::uint64_t data_bytes,
                                   const std::string& where);

// The text of a header whose entries follow each other, padded with spaces so that the data
// starts at a multiple of 8 bytes.
std::string weights_header_text(const WeightsHeader& header);

}  // namespace radsweep::model
