// A checkpoint as a file: named tensors and a JSON text, checksummed, tied to one run.
//   "RSWCKPT\n" | u32 format | u64 length of the header | header (JSON) | tensors' bytes |
//   SHA-256 of all before, 64 hex digits                          integers are little-endian
// The header names identity, the state and every tensor's name, type, shape and length, in the
// order of their bytes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace radsweep::train {

// The bytes of one tensor, row-major.
struct TensorBytes {
  std::string name;
  std::string type;  // "F32" | "I64"
  std::vector<std::int64_t> shape;
  std::string_view bytes;  // borrowed
};

// Writes the file durably, over what was there. `identity` is the run's, `state` free to the
// caller. Throws Error(environment) and leaves no file when it cannot be written.
void write_checkpoint_file(const std::filesystem::path& path, const std::string& identity,
                           const nlohmann::json& state, const std::vector<TensorBytes>& tensors);

// Its bytes are not those that were written: nothing can ever be made of them.
class DamagedCheckpoint : public Error {
 public:
  using Error::Error;
};

// A checkpoint that was read and is whole. Owns the bytes its tensors show.
class CheckpointFile {
 public:
  // Throws DamagedCheckpoint when it is torn or altered, Error(environment) when it cannot be read
  // now (missing, permissions, disk) or is whole but of a format that another version wrote.
  explicit CheckpointFile(const std::filesystem::path& path);
  CheckpointFile(const CheckpointFile&) = delete;
  CheckpointFile& operator=(const CheckpointFile&) = delete;

  const std::string& identity() const { return identity_; }
  const nlohmann::json& state() const { return state_; }
  // nullptr when there is none of that name.
  const TensorBytes* find(const std::string& name) const;

 private:
  std::string content_;
  std::string identity_;
  nlohmann::json state_;
  std::map<std::string, TensorBytes> tensors_;
};

}  // namespace radsweep::train
