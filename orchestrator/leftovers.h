// Processes that a worker started and that outlived it: daemons of libraries, data loaders.
#pragma once

#include <filesystem>
#include <vector>

namespace radsweep::orchestrator {

// Kills everything that the workers of the attempts at or below `folder` (an attempt, or a store)
// started, directly or not, in whatever session and under whatever parent it is by now, and returns
// when it is gone. Known by kAttemptVariable in its environment, which all of them inherited.
// `spared` go on, and so do we.
void end_leftovers(const std::filesystem::path& folder, const std::vector<int>& spared = {});

}  // namespace radsweep::orchestrator
