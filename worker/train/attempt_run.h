// One attempt, from its spec to its sealed result.
#pragma once

#include <filesystem>

#include "worker/attempt/attempt_files.h"

namespace radsweep::train {

// Does what spec.json in `attempt_folder` says. Once the spec is read and the attempt's lock is
// held, every end (done, stopped by a signal, failed) is sealed in result.json, and the reason of
// a failure also goes to stderr. Before that, or when the result itself cannot be written, throws
// Error. Listens for stop requests; call once in a process, from its main thread.
attempt::WorkerExit run_attempt(const std::filesystem::path& attempt_folder);

// As rank `rank` (1, 2, ...) of the attempt that another process works on as rank 0, which started
// this one: see rank_processes.h. Writes nothing into the folder.
attempt::WorkerExit run_rank(const std::filesystem::path& folder, int rank);

}  // namespace radsweep::train
