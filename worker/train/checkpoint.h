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
// its own before anything is renamed, first last -> prev, then new -> last: whenever the process
// dies, one of the two names holds a whole checkpoint. Throws Error(environment) and keeps what
// was there when it cannot be written.
void save_checkpoint(const std::filesystem::path& attempt_folder, const std::string& identity,
                     const nlohmann::json& state, const std::vector<TensorBytes>& tensors);

struct FoundCheckpoint {
  std::filesystem::path path;
  std::unique_ptr<CheckpointFile> file;
};

// The first usable of: last.ckpt, prev.ckpt, then both of every folder in `older_attempts`
// (relative to the attempt's folder, newest first). One that is damaged, or belongs to another
// identity, is reported to `note` and passed over. An empty path when there is none: start anew.
FoundCheckpoint find_checkpoint(const std::filesystem::path& attempt_folder,
                                const std::vector<std::string>& older_attempts,
                                const std::string& identity,
                                const std::function<void(const std::string&)>& note);

}  // namespace radsweep::train
