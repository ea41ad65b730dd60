// The data of a sweep, found and made ready: CSV files, image cache, counts.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "orchestrator/store.h"
#include "orchestrator/sweep/expand.h"
#include "orchestrator/sweep/sweep.h"

namespace radsweep::orchestrator {

// `radsweep-worker` beside this program, or what RADSWEEP_WORKER names. Throws Error(environment)
// when there is none.
std::filesystem::path worker_program();

// Makes everything the workers read: generates synthetic data when the sweep asks for it and it
// is missing (<store's parent>/.data/...), builds the image cache of every resolution when
// missing (default <store's parent>/.cache/<16 hex of the data manifest>/) by running
// `radsweep-worker data prepare`, whose progress and complaints go to stderr. With everything in
// place it only hashes the two CSV files and reads the cache's manifests. Throws
// Error(environment) when the data is unusable.
DataFacts prepare_data(const Sweep& sweep, const Store& store);

// The same facts without changing anything, for `plan`: counts come from the cache when there is
// one, from `radsweep-worker data check --json` otherwise; synthetic data that does not exist yet
// is estimated from its parameters. `missing` receives what `run` would have to make first.
DataFacts inspect_data(const Sweep& sweep, const Store& store, std::vector<std::string>& missing);

}  // namespace radsweep::orchestrator
