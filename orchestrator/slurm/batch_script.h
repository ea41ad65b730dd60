// The script that sbatch takes: one job array, one run an element.
#pragma once

#include <filesystem>
#include <string>

#include "orchestrator/sweep/sweep.h"

namespace radsweep::orchestrator::slurm {

// GPUs that one run asks for: as the sweep file says, else as many as it trains on; a sweep that
// names cpu_slots trains on the processors.
int gpus_of_run(const Sweep& sweep);

struct BatchScript {
  std::string submission;         // names the job (its comment) and the folder below submissions/
  std::filesystem::path folder;   // absolute
  std::filesystem::path program;  // radsweep, absolute
  std::string worker;             // what RADSWEEP_WORKER shall name; empty: nothing
  int elements = 1;
};

// Its text. Throws Error(usage) for a folder that a #SBATCH line cannot hold.
std::string batch_script(const Sweep& sweep, const BatchScript& script);

}  // namespace radsweep::orchestrator::slurm
