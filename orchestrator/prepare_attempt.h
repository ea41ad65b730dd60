// The folder of a new attempt, ready for its worker.
#pragma once

#include <filesystem>

#include "db/run.h"
#include "worker/attempt/spec.h"

namespace radsweep::orchestrator {

// Makes `folder` and writes its spec: `spec` completed by the claim's name and number, the slot,
// and the older attempts whose folders are there to resume from. Throws Error(environment) when
// that fails or the folder exists already (a database restored from a backup): a folder belongs
// to one attempt, nobody else writes into it.
void prepare_attempt(const std::filesystem::path& folder, const db::Claim& claim,
                     attempt::Spec spec, const attempt::Slot& slot);

}  // namespace radsweep::orchestrator
