// What the version of SQLite means for a store.
#pragma once

#include <string>

namespace radsweep::orchestrator {

// Whether the library loses no commits in WAL mode when a second process checkpoints (the
// "WAL-reset bug", sqlite.org/wal.html#walresetbug: 3.7.0 to 3.51.2, but for the backports 3.44.6
// and later 3.44, 3.50.7 and later 3.50). False for a text that is no version.
bool wal_reset_bug_fixed(const std::string& version);

}  // namespace radsweep::orchestrator
