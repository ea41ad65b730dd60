// Whether this machine can train: processors, memory, disk, GPUs, worker program, SQLite.
#pragma once

#include <filesystem>

#include "orchestrator/environment/finding.h"
#include "orchestrator/environment/slots.h"

namespace radsweep::orchestrator {

// Looks at everything; never throws for what it finds. `folder`: where stores lie or will lie
// (the nearest existing parent counts). Starts `radsweep-worker --version`, which loads LibTorch,
// and makes a database in a temporary folder to see that SQLite works.
Findings examine_machine(const Machine& machine, const std::filesystem::path& folder);

// The GPUs alone: each free, foreign or quarantined; or why there is none.
Findings examine_gpus(const GpuInventory& inventory);

}  // namespace radsweep::orchestrator
