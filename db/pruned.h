// Runs that were stopped early because they did worse than others. There is no state for it: such a
// run is cancelled, and its newest `pruned` event says why.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "db/database.h"

namespace radsweep::db {

struct PrunedRun {
  std::string name;
  std::string reason;  // one line, with the numbers
};

// Current runs that are pruned now, by name: cancelled, or their worker has still to leave; and not
// retried since. Throws Error when the database cannot be read.
std::vector<PrunedRun> read_pruned(Database& database);

// Whether a run was ever pruned, also when it was retried since.
bool was_ever_pruned(Database& database, std::int64_t run_id);

}  // namespace radsweep::db
