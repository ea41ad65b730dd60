// The script that sbatch takes: one job array, one run an element.
#pragma once

#include <filesystem>
#include <string>

#include "orchestrator/sweep/sweep.h"

namespace radsweep::orchestrator::slurm {

// GPUs that a run of `ranks` processes asks for: as the sweep file says, else one for each; a sweep
// that names cpu_slots trains on the processors.
int gpus_of_run(const Sweep& sweep, int ranks);

struct BatchScript {
  std::string submission;         // names the job (its comment) and the folder below submissions/
  std::filesystem::path folder;   // absolute
  std::filesystem::path program;  // radsweep, absolute
  std::string worker;             // what RADSWEEP_WORKER shall name; empty: nothing
  int elements = 1;
  int ranks = 1;  // processes that train one run together
};

// Its text. Throws Error(usage) for a folder that a #SBATCH line cannot hold.
std::string batch_script(const Sweep& sweep, const BatchScript& script);

}  // namespace radsweep::orchestrator::slurm
