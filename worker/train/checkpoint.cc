#include "worker/train/checkpoint.h"

#include "base/durable_file.h"
#include "base/error.h"
#include "worker/attempt/attempt_files.h"

namespace radsweep::train {
namespace fs = std::filesystem;
namespace {

constexpr const char* kNextCheckpoint = "next.ckpt";

void rename_file(const fs::path& from, const fs::path& to) {
  std::error_code failure;
  fs::rename(from, to, failure);
  if (failure) throw system_error("rename to", to.string(), failure.value());
}

// nullptr when there is no such file, it is damaged, or another run's.
std::unique_ptr<CheckpointFile> usable(const fs::path& path, const std::string& identity,
                                       const std::function<void(const std::string&)>& note) {
  if (!fs::exists(path)) return nullptr;
  try {
    auto file = std::make_unique<CheckpointFile>(path);
    if (file->identity() == identity) return file;
    note("passed over " + path.string() + ": it belongs to another configuration (" +
         file->identity().substr(0, 12) + ")");
  } catch (const Error& failure) {
    note("passed over a checkpoint: " + std::string(failure.what()));
  }
  return nullptr;
}

}  // namespace

void save_checkpoint(const fs::path& attempt_folder, const std::string& identity,
                     const nlohmann::json& state, const std::vector<TensorBytes>& tensors) {
  const fs::path next = attempt_folder / kNextCheckpoint;
  const fs::path last = attempt_folder / attempt::kLastCheckpoint;
  write_checkpoint_file(next, identity, state, tensors);
  if (fs::exists(last)) rename_file(last, attempt_folder / attempt::kPrevCheckpoint);
  rename_file(next, last);
  sync_directory(attempt_folder);
}

FoundCheckpoint find_checkpoint(const fs::path& attempt_folder,
                                const std::vector<std::string>& older_attempts,
                                const std::string& identity,
                                const std::function<void(const std::string&)>& note) {
  std::vector<fs::path> folders = {attempt_folder};
  for (const std::string& older : older_attempts) folders.push_back(attempt_folder / older);
  for (const fs::path& folder : folders) {
    for (const char* name : {attempt::kLastCheckpoint, attempt::kPrevCheckpoint}) {
      if (auto file = usable(folder / name, identity, note)) {
        return {folder / name, std::move(file)};
      }
    }
  }
  return {};
}

}  // namespace radsweep::train
