// `radsweep plan --executor slurm`.
#pragma once

#include <optional>
#include <string>

namespace radsweep::orchestrator::slurm {

// Prints the batch script of all runs that the store does not have done to stdout: `run` would
// submit it, with names of its own for the submission. Says on stderr what it leaves out. Checks
// every input first as `run` does; changes nothing and asks Slurm nothing.
void show_script(const std::string& file, const std::optional<std::string>& store);

}  // namespace radsweep::orchestrator::slurm
