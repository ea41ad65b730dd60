// Whether the programs that a sweep trains with can be started.
#pragma once

#include <vector>

#include "orchestrator/sweep/expand.h"

namespace radsweep::orchestrator {

// Looks for the program of every run that has one of the user's. Throws Error(environment) that
// says where it was looked for. Another folder's files (a script that the command names) are the
// program's own business.
void check_programs(const std::vector<PlannedRun>& runs);

}  // namespace radsweep::orchestrator
