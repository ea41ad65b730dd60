#include "orchestrator/environment/check_programs.h"

#include <set>
#include <string>

#include "base/error.h"
#include "worker/wrap/program.h"

namespace radsweep::orchestrator {

void check_programs(const std::vector<PlannedRun>& runs) {
  std::set<std::string> found;
  for (const PlannedRun& run : runs) {
    if (!run.spec.trainer) continue;
    const attempt::Trainer& trainer = *run.spec.trainer;
    const std::string& name = trainer.command.at(0);
    if (!found.insert(name).second) continue;
    try {
      wrap::find_program(name, trainer.folder);
    } catch (const Error& cause) {
      throw Error(ExitCode::environment, "find the program of " + run.row.name, name, cause.why(),
                  "it is the first word of 'worker: command:'" +
                      (cause.hint().empty() ? "" : "; " + cause.hint()));
    }
  }
}

}  // namespace radsweep::orchestrator
