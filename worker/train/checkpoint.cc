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

// nullptr when there is no such file, it is damaged, or another run's. `name` is for people.
std::unique_ptr<CheckpointFile> usable(const fs::path& path, const std::string& name,
                                       const std::string& identity,
                                       const std::function<void(const std::string&)>& note) {
  std::error_code ignored;
  const fs::file_type type = fs::status(path, ignored).type();
  // none: the system does not tell; then reading it will
  if (type != fs::file_type::regular && type != fs::file_type::none) return nullptr;
  try {
    auto file = std::make_unique<CheckpointFile>(path);
    if (file->identity() == identity) return file;
    note("passed over " + name + ": it belongs to another configuration (" +
         file->identity().substr(0, 12) + ")");
  } catch (const DamagedCheckpoint& failure) {
    note("passed over " + name + ": " + failure.why());
  }
  return nullptr;
}

}  // namespace

void save_checkpoint(const fs::path& attempt_folder, const std::string& identity,
                     const nlohmann::json& state, const std::vector<TensorBytes>& tensors) {
  const fs::path next = attempt_folder / kNextCheckpoint;
  const fs::path last = attempt_folder / attempt::kLastCheckpoint;
  write_checkpoint_file(next, identity, state, tensors);
  std::error_code unknown;
  if (fs::exists(last, unknown)) rename_file(last, attempt_folder / attempt::kPrevCheckpoint);
  rename_file(next, last);
  sync_directory(attempt_folder);
}

FoundCheckpoint find_checkpoint(const fs::path& attempt_folder,
                                const std::vector<std::string>& older_attempts,
                                const std::string& identity,
                                const std::function<void(const std::string&)>& note) {
  std::vector<fs::path> folders = {""};
  folders.insert(folders.end(), older_attempts.begin(), older_attempts.end());
  for (const fs::path& folder : folders) {
    // next.ckpt is whole, and newer than prev.ckpt, when a save died between its renames.
    for (const char* name : {attempt::kLastCheckpoint, kNextCheckpoint, attempt::kPrevCheckpoint}) {
      const fs::path path = attempt_folder / folder / name;
      const std::string shown = (folder / name).string();
      if (auto file = usable(path, shown, identity, note)) return {path, shown, std::move(file)};
    }
  }
  return {};
}

}  // namespace radsweep::train
