#include "orchestrator/backup_keeper.h"

#include <algorithm>

#include "base/error.h"

namespace radsweep::orchestrator {

BackupKeeper::BackupKeeper(db::Database& database, const Clock& clock, Progress& progress)
    : database_(database), clock_(clock), progress_(progress) {}

void BackupKeeper::keep() {
  if (outdated_ && clock_.elapsed_s() >= next_s_) copy();
}

void BackupKeeper::finish() {
  if (outdated_) copy();
}

void BackupKeeper::copy() {
  const double began_s = clock_.elapsed_s();
  try {
    database_.back_up();
    outdated_ = told_ = false;
  } catch (const Error& cause) {
    if (!told_) {
      progress_.tell("no backup of " + database_.path().string() + ": " + cause.why() +
                     "; tried again later");
    }
    told_ = true;
  }
  const double took_s = clock_.elapsed_s() - began_s;
  next_s_ = clock_.elapsed_s() + std::max(kLeastBackupPause_s, kBackupPauseFactor * took_s);
}

}  // namespace radsweep::orchestrator
