// How `radsweep run` ends, whatever executed the runs: its exit code and its last words.
#pragma once

#include <string>

#include "base/error.h"
#include "db/run_queue.h"
#include "orchestrator/progress.h"
#include "orchestrator/store.h"
#include "orchestrator/supervisor.h"

namespace radsweep::orchestrator {

// Whether no run is left to do and no attempt is open.
bool is_complete(const db::RunQueue& queue);

ExitCode exit_code(SweepEnd end, const db::StateCounts& counts);

struct Outcome {
  std::string sweep;    // its name
  std::string command;  // that continues it
  SweepEnd end = SweepEnd::complete;
  ExitCode code = ExitCode::complete;
  db::StateCounts counts;
  std::size_t pruned = 0;  // of the cancelled runs
};

// Tells where the sweep stands and what to do next.
void tell_outcome(const Outcome& outcome, const Store& store, Progress& progress);
// The same as one JSON object on stdout.
void print_outcome(const Outcome& outcome, const Store& store);

}  // namespace radsweep::orchestrator
