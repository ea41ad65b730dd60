// The folder of a new attempt, ready for its worker.
#pragma once

#include <filesystem>

#include "db/run.h"
#include "worker/attempt/spec.h"

namespace radsweep::orchestrator {

// Makes the folder of a new attempt; false when it exists already. Throws Error(environment).
bool make_attempt_folder(const std::filesystem::path& folder);

// Writes the spec of the attempt into its folder: as prepare_attempt does.
void write_attempt_spec(const std::filesystem::path& folder, const db::Claim& claim,
                        attempt::Spec spec, const attempt::Slot& slot);

// Makes `folder` and writes its spec: `spec` completed by the claim's name and number, the slot,
// and the older attempts whose folders are there to resume from. Throws Error(environment) when
// that fails or the folder exists already (a database restored from a backup): a folder belongs
// to one attempt, nobody else writes into it.
void prepare_attempt(const std::filesystem::path& folder, const db::Claim& claim,
                     attempt::Spec spec, const attempt::Slot& slot);

}  // namespace radsweep::orchestrator
