// The whole of `radsweep run --executor slurm`, told from the sweep file to the exit code.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "orchestrator/run_sweep.h"
#include "orchestrator/store.h"
#include "orchestrator/sweep/expand.h"

namespace radsweep::orchestrator::slurm {

// Prepares the data, records the runs, takes in what is sealed, submits what is neither done nor in
// Slurm, and waits until the sweep is complete; with options.detach it returns once that is
// submitted. complete, failed_runs, or stopped: asked to leave, while the jobs go on. Throws Error
// for everything that keeps the sweep from running; jobs that Slurm has go on then.
ExitCode run_on_slurm(const RunOptions& options);

// Everything that can be found wrong without a cluster and without leaving anything behind.
std::vector<PlannedRun> check_inputs_for_slurm(const Sweep& sweep, const Store& store);

// What the sweep file asks for and Slurm is not asked for.
std::vector<std::string> slurm_notes(const Sweep& sweep);

}  // namespace radsweep::orchestrator::slurm
