// cancel and retry: through the orchestrator that owns the store, or directly without one.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/requests.h"
#include "orchestrator/store.h"

namespace radsweep::orchestrator {

// `typed`: names or unique beginnings; to retry none means all failed ones. Says on stderr what was
// done with each run and why one was not; returns how many were not. Throws Error(usage) for a name
// that means no run: then nothing was changed.
int change_runs(const Store& store, RequestVerb verb, const std::vector<std::string>& typed);

}  // namespace radsweep::orchestrator
