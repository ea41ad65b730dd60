// What happened last in a store, for people who look on.
#pragma once

#include <string>
#include <vector>

#include "db/database.h"

namespace radsweep::orchestrator {

// At most `count` lines, oldest first: "12:04 UTC  64-small-s2  done  AUC 0.8312".
std::vector<std::string> last_events(db::Database& database, int count);

}  // namespace radsweep::orchestrator
