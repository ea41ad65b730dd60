#include "orchestrator/backup_keeper.h"

#include <algorithm>

#include "base/error.h"
#include "orchestrator/room.h"

namespace radsweep::orchestrator {

BackupKeeper::BackupKeeper(db::Database& database, const Clock& clock, Progress& progress)
    : database_(database), clock_(clock), progress_(progress) {}

void BackupKeeper::keep() {
  if (outdated_ && clock_.elapsed_s() >= next_s_) copy();
}

void BackupKeeper::finish() {
  if (outdated_) copy();
}

// Why there is none; nothing: it was made.
std::optional<std::string> BackupKeeper::failure_of_copy() {
  const std::filesystem::path& path = database_.path();
  std::error_code unknown;
  const auto bytes = std::filesystem::file_size(path, unknown);
  // The copy, and as much again for what the database will take.
  const double needed = unknown ? 0 : 2 * static_cast<double>(bytes);
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  if (auto lack = lack_of_room(folder, needed, "a backup")) return lack;
  try {
    database_.back_up();
    return std::nullopt;
  } catch (const Error& cause) {
    return cause.why();
  }
}

void BackupKeeper::copy() {
  const double began_s = clock_.elapsed_s();
  const auto failure = failure_of_copy();
  if (failure && !told_) {
    progress_.tell("no backup of " + database_.path().string() + ": " + *failure +
                   "; tried again later");
  }
  outdated_ = told_ = failure.has_value();
  const double took_s = clock_.elapsed_s() - began_s;
  next_s_ = clock_.elapsed_s() + std::max(kLeastBackupPause_s, kBackupPauseFactor * took_s);
}

}  // namespace radsweep::orchestrator
