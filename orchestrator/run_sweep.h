// The whole of `radsweep run`, told from the sweep file to the exit code.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "orchestrator/progress.h"

namespace radsweep::orchestrator {

struct RunOptions {
  std::string file;
  std::string store;              // empty: runs/<sweep name>
  std::vector<std::string> gpus;  // empty: as the sweep file says
  std::optional<int> cpu_slots;
  bool detach = false;
  bool json = false;
  std::optional<int> max_failures;  // failed runs after which no new one is started
  double grace_s = 120;
  bool ignore_memory = false;  // start also what is predicted to fit no slot
  ProgressStyle progress = ProgressStyle::automatic;
};

// complete, failed_runs (also when stopped early), stopped or interrupted. Throws Error for
// everything that keeps the sweep from running at all; workers that live already go on then.
ExitCode run_sweep(const RunOptions& options);

}  // namespace radsweep::orchestrator
