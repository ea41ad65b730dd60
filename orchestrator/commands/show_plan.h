// The work of `radsweep plan`, also for `run --dry-run`.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace radsweep::orchestrator {

struct PlanOptions {
  std::string file;                  // the sweep file
  std::optional<std::string> store;  // default runs/<sweep name>
  std::vector<std::string> gpus;     // as SlotOptions::gpus
  std::optional<int> cpu_slots;
  bool json = false;
  std::optional<std::string> assumed_gpus = {};  // "5xP6000:24": plan for these instead
  std::optional<std::string> speeds = {};        // a file of radsweep bench: its times
};

// Checks the sweep file, the weights, the data and the machine, then prints the plan to stdout
// and warnings to stderr. Changes nothing. Throws Error like `run` would, also
// (after the plan) for runs that fit no slot;
// with assumed GPUs the data, and then the weights too, need not be there.
void show_plan(const PlanOptions& options);

}  // namespace radsweep::orchestrator
