// One element of a job array, on the node: takes the next attempt of its run and sees it through.
#pragma once

#include <filesystem>

namespace radsweep::orchestrator::slurm {

// `radsweep slurm-task SUBMISSION_FOLDER`: not a verb for people, what the batch script becomes.
inline constexpr const char* kTaskVerb = "slurm-task";

// The element is SLURM_ARRAY_TASK_ID. With a sealed result, or when the element was stopped, there
// is nothing to do: 0. Otherwise it takes an attempt number (the folder that mkdir gives to one
// only), runs the worker as local runs are, passes USR1 and TERM on to it as one TERM, and writes
// down how it ended. Its exit code is Slurm's verdict: 0 done; 75 stopped, and Slurm puts it back
// into the queue (where the cluster does not do that for 75, it asked for that itself); 70 when it
// came back without a step of progress too often; else the worker's own, 128 + signal when one
// killed it. Throws Error when the submission cannot be read.
int run_task(const std::filesystem::path& submission_folder);

}  // namespace radsweep::orchestrator::slurm
