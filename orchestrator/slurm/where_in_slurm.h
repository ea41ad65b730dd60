// Where one run is in Slurm, for people.
#pragma once

#include <string>

#include "orchestrator/store.h"

namespace radsweep::orchestrator::slurm {

// "it waits in Slurm's queue as 12_3 (Resources)"; "" when Slurm does not have the run, the store
// has no submissions, or Slurm gives no answer (stderr says so then). Asks Slurm; changes nothing.
std::string where_in_slurm(const Store& store, const std::string& run);

}  // namespace radsweep::orchestrator::slurm
