#include "orchestrator/sweep_outcome.h"

#include <iostream>
#include <nlohmann/json.hpp>

#include "orchestrator/progress/sweep_text.h"

namespace radsweep::orchestrator {

bool is_complete(const db::RunQueue& queue) {
  const db::StateCounts counts = queue.counts();
  return counts.done + counts.failed + counts.cancelled == counts.total() &&
         queue.open_attempts().empty();
}

ExitCode exit_code(SweepEnd end, const db::StateCounts& counts) {
  const bool all_ended = counts.done + counts.failed + counts.cancelled == counts.total();
  if (end == SweepEnd::stopped && all_ended) end = SweepEnd::complete;  // the last ones were done
  switch (end) {
    case SweepEnd::stopped:
      return ExitCode::stopped;
    case SweepEnd::interrupted:
      return ExitCode::interrupted;
    case SweepEnd::halted:
      return ExitCode::failed_runs;
    case SweepEnd::complete:
      break;
  }
  return counts.failed > 0 ? ExitCode::failed_runs : ExitCode::complete;
}

void tell_outcome(const Outcome& outcome, const Store& store, Progress& progress) {
  const std::string of_them = outcome.pruned > 0 ? " (" + std::to_string(outcome.pruned) +
                                                       " of them pruned: radsweep status)"
                                                 : "";
  progress.tell(outcome.sweep + ": " + counts_text(outcome.counts) + of_them + "  (" +
                store.root().string() + ")");
  if (outcome.code == ExitCode::stopped || outcome.code == ExitCode::interrupted) {
    progress.tell("continue with: " + outcome.command);
  } else if (outcome.end == SweepEnd::halted) {
    progress.tell(
        "stopped early; see radsweep status. Mend the cause, radsweep retry what failed,"
        " then continue with: " +
        outcome.command);
  } else if (outcome.counts.failed > 0) {
    progress.tell("see radsweep why RUN; then radsweep retry RUN and run again");
  }
}

void print_outcome(const Outcome& outcome, const Store& store) {
  const db::StateCounts& counts = outcome.counts;
  std::cout << nlohmann::json{{"sweep", outcome.sweep},
                              {"store", store.root().string()},
                              {"exit_code", static_cast<int>(outcome.code)},
                              {"stopped_early", outcome.end == SweepEnd::halted},
                              {"done", counts.done},
                              {"failed", counts.failed},
                              {"cancelled", counts.cancelled},
                              {"pruned", outcome.pruned},
                              {"to_do", counts.pending + counts.waiting},
                              {"total", counts.total()}}
                   .dump()
            << std::endl;
}

}  // namespace radsweep::orchestrator
