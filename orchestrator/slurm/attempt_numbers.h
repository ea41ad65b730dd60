// Which attempts of a run have a folder.
#pragma once

#include <filesystem>
#include <vector>

namespace radsweep::orchestrator::slurm {

// In ascending order; none without the folder of the run.
std::vector<int> attempt_numbers(const std::filesystem::path& run_folder);

}  // namespace radsweep::orchestrator::slurm
