// How queries ask for a run's number of GPUs, so that stores of older versions can be read as well.
#pragma once

#include <string>

#include "db/database.h"

namespace radsweep::orchestrator {

// "run.gpus" for the table or view `run`; "1" in a store of a version that recorded none.
std::string gpus_of(db::Database& database, const std::string& run);

}  // namespace radsweep::orchestrator
