// The automatic backup of the database: made after runs have ended, at a bounded cost.
#pragma once

#include <optional>
#include <string>

#include "db/database.h"
#include "orchestrator/clock.h"
#include "orchestrator/progress.h"

namespace radsweep::orchestrator {

// At most one copy a minute, and never more than 2 % of the time for copying: the database of
// 10,000 runs has hundreds of megabytes.
inline constexpr double kLeastBackupPause_s = 60;
inline constexpr double kBackupPauseFactor = 50;  // times what the copy before took

// Borrows everything. A copy that fails, or that would leave the disk less room than the database
// takes, is told of and tried again later; it ends nothing.
class BackupKeeper {
 public:
  BackupKeeper(db::Database& database, const Clock& clock, Progress& progress);

  void note_change() { outdated_ = true; }  // something was stored that is worth a copy
  void keep();                              // makes the copy when there is news and it is time
  void finish();                            // makes it when there is news

 private:
  void copy();
  std::optional<std::string> failure_of_copy();

  db::Database& database_;
  const Clock& clock_;
  Progress& progress_;
  bool outdated_ = false;
  bool told_ = false;  // that it cannot be made
  double next_s_ = 0;
};

}  // namespace radsweep::orchestrator
