// Why a run is where it is, in one line.
#pragma once

#include <cstdint>
#include <string>

#include "db/database.h"
#include "orchestrator/store.h"

namespace radsweep::orchestrator {

struct RunReason {
  std::string state;
  std::string text;  // one line: what it waits for, where it runs, how it ended
};

// `run`: a full name that exists. `now_ms`: Unix epoch. Reads the database, the run's folders and
// the store's lock.
RunReason reason_of(const Store& store, db::Database& database, const std::string& run,
                    std::int64_t now_ms);

}  // namespace radsweep::orchestrator
