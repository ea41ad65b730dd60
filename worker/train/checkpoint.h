// The checkpoints of an attempt: the newest, the one before, and which of all to continue from.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "worker/train/checkpoint_file.h"

namespace radsweep::train {

// Makes a new last.ckpt; the old one becomes prev.ckpt. The new one is on the disk under a name of
// its own, next.ckpt, before anything is renamed, first last -> prev, then next -> last: whenever
// the process dies, one of the three names holds a whole checkpoint. Throws Error(environment) and
// keeps what was there when it cannot be written.
void save_checkpoint(const std::filesystem::path& attempt_folder, const std::string& identity,
                     const nlohmann::json& state, const std::vector<TensorBytes>& tensors);

struct FoundCheckpoint {
  std::filesystem::path path;
  std::string name;  // relative to the attempt's folder: "last.ckpt", "../1/prev.ckpt"
  std::unique_ptr<CheckpointFile> file;
};

// The first usable of: last.ckpt, next.ckpt, prev.ckpt, then those of every folder in
// `older_attempts` (relative to the attempt's folder, newest first). One that is damaged, or
// belongs to another identity, is reported to `note` and passed over. An empty path when there is
// none: start anew. Throws Error(environment) when one cannot be read or is another version's:
// hours of training are not thrown away because of permissions or a disk that is away.
FoundCheckpoint find_checkpoint(const std::filesystem::path& attempt_folder,
                                const std::vector<std::string>& older_attempts,
                                const std::string& identity,
                                const std::function<void(const std::string&)>& note);

}  // namespace radsweep::train
