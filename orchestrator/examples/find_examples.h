// The examples of a store: what its networks were shown and what the best one said.
#pragma once

#include "db/database.h"
#include "orchestrator/report/examples.h"
#include "orchestrator/store.h"

namespace radsweep::orchestrator {

// Of the studies that the run with the highest AUC was validated on, ordered by name: the first
// positive one, the first negative one, and the first other one with several views. The views are
// those of the prepared cache that the run read, at the highest resolution of the sweep which that
// cache holds. Without runs, cache or a readable description of the attempt, `absent` says so.
// Throws Error when the database cannot be read.
report::Examples find_examples(db::Database& database, const Store& store);

}  // namespace radsweep::orchestrator
