// Named tensors in a safetensors file: 8 bytes little-endian header length, a JSON header
// {name: {dtype, shape, data_offsets}, "__metadata__": {text: text}}, then the raw values.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "worker/model/state.h"

namespace radsweep::model {

using WeightsMetadata = std::map<std::string, std::string>;

struct WeightsFile {
  std::vector<NamedTensor> tensors;  // in the order of their bytes; on the CPU, contiguous
  WeightsMetadata metadata;
};

// Replaces `path` durably (base/durable_file.h). Tensors are float32 or int64 of any device and
// layout, with distinct names. Throws Error(environment) when the file cannot be written.
void write_weights_file(const std::filesystem::path& path, const std::vector<NamedTensor>& tensors,
                        const WeightsMetadata& metadata = {});

// Reads F32 and I64 tensors. The header is checked against the size of the file before anything
// is allocated for it: throws Error(environment), with the file and the tensor named, when the
// file is no safetensors file, is cut short, has a duplicate key, another dtype, or byte ranges
// that do not cover the data exactly once.
WeightsFile read_weights_file(const std::filesystem::path& path);

}  // namespace radsweep::model
