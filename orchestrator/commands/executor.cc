#include "orchestrator/commands/executor.h"

#include <CLI/CLI.hpp>

#include "base/error.h"
#include "orchestrator/commands/one_of.h"

namespace radsweep::orchestrator {

void add_executor(CLI::App& verb, Executor& executor) {
  const auto set = [&executor](const std::string& word) {
    executor = word == "slurm" ? Executor::slurm : Executor::local;
  };
  verb.add_option_function<std::string>(
          "--executor", set, "Where runs compute: on this machine (local), or in a Slurm cluster")
      ->check(one_of({"local", "slurm"}));
}

void refuse_for_slurm(const std::string& option, bool given, const std::string& instead) {
  if (!given) return;
  throw Error(ExitCode::usage, "use", option, "it is for runs on this machine, not for Slurm",
              instead);
}

}  // namespace radsweep::orchestrator
