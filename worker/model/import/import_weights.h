// Bringing weights from elsewhere into the one format that training reads.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "worker/attempt/architecture.h"

namespace radsweep::model {

struct ImportReport {
  std::string format;        // of the source, for people
  std::string architecture;  // recognised by its tensors
  std::string source_sha256, target_sha256;
  std::size_t tensors = 0;
  std::size_t renamed = 0;         // names of 2017
  std::size_t counters_added = 0;  // num_batches_tracked that were missing, now 0
  std::size_t converted = 0;       // tensors that were not float32
};

// Reads `source` (safetensors, or a state dict of torch.save, zip or legacy), finds which of
// `candidates` it is, and replaces `target` durably by a safetensors file with torchvision's names,
// float32 values and the metadata source, source_sha256 and architecture. "classifier.*" is kept
// when it is there. Throws Error(environment), `target` untouched, when the source cannot be read
// (weights_source.h), has values that are no finite numbers, does not fit any candidate (listing
// what does not), or does not have the SHA-256 that its name promises ("densenet121-a639ec97.pth").
ImportReport import_weights(
    const std::filesystem::path& source, const std::filesystem::path& target,
    const std::vector<attempt::Architecture>& candidates = attempt::known_architectures());

}  // namespace radsweep::model
