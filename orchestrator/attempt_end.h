// What the end of an attempt means, read from its sealed result and its process's last word.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "db/run.h"
#include "orchestrator/launcher.h"
#include "worker/attempt/result.h"

namespace radsweep::orchestrator {

// Which attempt it was, as the database knows it.
struct AttemptName {
  std::string run;
  std::string identity;
  int attempt = 0;
};

// Why we stopped its process ourselves, if we did.
enum class Asked { nothing, stop, hang, time_limit };

struct AttemptEnd {
  enum class Kind {
    done,     // sealed and believable: `result`
    stopped,  // checkpointed and left, or ended because we asked
    lost,     // died without a word and nobody can know why
    failed    // `failure`
  };
  Kind kind = Kind::lost;
  attempt::Result result;  // when done
  db::Failure failure;     // when failed
  std::string reason;      // one line, when stopped or lost
};

// The sealed result decides; without one the exit status does (WorkerExit, signals). A result
// that names another attempt, has no finite AUC although it names a best epoch, holds what the
// record cannot take (measurement_flaw.h), or is damaged becomes a failure. `status` without code
// and signal: unknown. Never throws for what a worker wrote.
AttemptEnd judge_attempt(const std::filesystem::path& folder, const AttemptName& name,
                         const WorkerEnd& status, Asked asked);

// The last `lines` lines of the folder's log.txt; "" without one.
std::string log_tail(const std::filesystem::path& folder, int lines = 20);

// How many attempts in a row, this one included, had a worker but neither advanced beyond the
// steps of all before it nor sealed a failure: 0 when it advanced. Read from the folders
// <run folder>/1 .. <attempt>.
int ends_without_progress(const std::filesystem::path& run_folder, int attempt);

}  // namespace radsweep::orchestrator
