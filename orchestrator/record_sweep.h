// What every executor begins with: the runs of the sweep file, their data ready, in the database.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "db/database.h"
#include "db/run_queue.h"
#include "orchestrator/progress.h"
#include "orchestrator/store.h"
#include "orchestrator/sweep/expand.h"
#include "orchestrator/sweep/sweep.h"

namespace radsweep::orchestrator {

// Identities of the runs that are done.
std::set<std::string> done_runs(db::Database& database);

// The runs of the sweep, their data ready. A finished sweep needs none, so none is made.
std::vector<PlannedRun> plan_runs(const Sweep& sweep, const Store& store, db::Database& database);

// Makes the file's runs the current ones and keeps the file beside their results.
void record_sweep(const Sweep& sweep, const Store& store, const std::vector<PlannedRun>& runs,
                  db::RunQueue& queue, Progress& progress);

}  // namespace radsweep::orchestrator
