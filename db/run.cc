#include "db/run.h"

#include <array>
#include <utility>

#include "base/error.h"

namespace radsweep::db {

namespace {

constexpr std::array<std::pair<RunState, const char*>, 7> kWords = {{
    {RunState::pending, "pending"},
    {RunState::waiting, "waiting"},
    {RunState::running, "running"},
    {RunState::stopping, "stopping"},
    {RunState::done, "done"},
    {RunState::failed, "failed"},
    {RunState::cancelled, "cancelled"},
}};

}  // namespace

const char* to_string(RunState state) {
  for (const auto& [known, word] : kWords)
    if (known == state) return word;
  throw Error(ExitCode::internal, "name the run state", std::to_string(static_cast<int>(state)),
              "it is not one of ours");
}

RunState run_state_from(const std::string& word) {
  for (const auto& [state, known] : kWords)
    if (word == known) return state;
  throw Error(ExitCode::internal, "understand the run state", "'" + word + "'",
              "it is not one of ours");
}

int& count_of(StateCounts& counts, RunState state) {
  switch (state) {
    case RunState::pending:
      return counts.pending;
    case RunState::waiting:
      return counts.waiting;
    case RunState::running:
      return counts.running;
    case RunState::stopping:
      return counts.stopping;
    case RunState::done:
      return counts.done;
    case RunState::failed:
      return counts.failed;
    case RunState::cancelled:
      return counts.cancelled;
  }
  throw Error(ExitCode::internal, "count runs", to_string(state), "no counter for that state");
}

}  // namespace radsweep::db
