// The work of `radsweep bench`, told from the sweep file to the exit code.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"

namespace radsweep::orchestrator {

struct BenchOptions {
  std::string file;               // the sweep file
  int steps = 10;                 // timed of each phase of each cell
  std::vector<std::string> gpus;  // as SlotOptions::gpus
  std::optional<int> cpu_slots;
  std::string output;  // receives the report as JSON; "": no file
  bool json = false;
};

// Measures every cell, prints the report to stdout and progress to stderr, writes `output`, and
// nothing else. complete, or failed_runs when a cell could not be measured. Throws Error for all
// that keeps it from measuring any, also when it is asked to stop.
ExitCode bench_sweep(const BenchOptions& options);

}  // namespace radsweep::orchestrator
