// Whether a cluster can do what `run --executor slurm` asks of it.
#pragma once

#include <filesystem>
#include <optional>

#include "orchestrator/environment/finding.h"
#include "orchestrator/sweep/slurm_settings.h"

namespace radsweep::orchestrator::slurm {

// Asks Slurm's commands; submits nothing and changes nothing. Never throws for what it finds.
// `folder`: where the store lies or will lie.
Findings examine_slurm(const SlurmSettings& settings, const std::filesystem::path& folder);

}  // namespace radsweep::orchestrator::slurm
