// A sweep's metrics as event files that TensorBoard reads.
#pragma once

#include <filesystem>

#include "db/database.h"

namespace radsweep::report {

// Writes `folder`/<run>/events.out.tfevents.<second the run was added>.radsweep for every run of
// the current grid that has measured something: all its metrics by name, also those of another
// trainer, with the epoch as step. The same sweep gives the same files; repeated, they are
// replaced. Returns the number of files. Throws Error(environment) when the database cannot be
// read or a file cannot be written.
int write_tensorboard(db::Database& database, const std::filesystem::path& folder);

}  // namespace radsweep::report
