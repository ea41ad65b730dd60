// A file of weights from elsewhere, of any format that can be imported.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "worker/model/import/source_tensor.h"

namespace radsweep::model {

struct WeightsSource {
  std::string format;  // for people
  std::vector<SourceTensor> tensors;
};

// Recognises safetensors, torch.save's zip files and its older legacy files by their first bytes
// and lists their tensors, all within `bytes` (check_reach), which outlive the result. Nothing is
// executed, and memory is bounded by a small multiple of the file. Throws Error(environment).
WeightsSource read_weights_source(std::string_view bytes, const std::string& where);

// The readers of one format each.
std::vector<SourceTensor> read_safetensors(std::string_view bytes, const std::string& where);
std::vector<SourceTensor> read_torch_zip(std::string_view bytes, const std::string& where);
std::vector<SourceTensor> read_torch_legacy(std::string_view bytes, const std::string& where);
bool is_torch_legacy(std::string_view bytes);

}  // namespace radsweep::model
