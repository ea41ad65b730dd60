// `--executor local|slurm`: who starts the workers.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace radsweep::orchestrator {

enum class Executor { local, slurm };

// The option of a verb; `executor` must live as long as the verb.
void add_executor(CLI::App& verb, Executor& executor);

// For options that only one executor has: throws Error(usage) when `given` says that one of them
// was given.
void refuse_for_slurm(const std::string& option, bool given, const std::string& instead);

}  // namespace radsweep::orchestrator
