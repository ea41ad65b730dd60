// Whether runs fit the memory of the slots they may get.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "orchestrator/sweep/expand.h"

namespace radsweep::orchestrator {

struct MemoryNeed {
  std::string cell;  // "480-densenet161", "480-densenet161 on 2 GPUs"
  double bytes = 0;  // predicted peak of one of its runs, in all
  int gpus = 1;      // that share it
};
MemoryNeed need_of(const PlannedRun& run);

// Sentences, one a cell: its largest run speaks for it.
struct MemoryFit {
  std::vector<std::string> nowhere;         // larger than the largest slots: cannot work
  std::vector<std::string> not_everywhere;  // larger than the smallest: may get slots too small
};

// `slots`: bytes of each; nothing where that is not known (a CPU), which fits all. A run on several
// takes an equal part of each.
MemoryFit memory_fit(const std::vector<MemoryNeed>& runs,
                     const std::vector<std::optional<double>>& slots);

// Throws Error(environment) with all that fits nowhere, if there is any. `where`: the sweep file.
void refuse_misfits(const MemoryFit& fit, const std::string& where);

}  // namespace radsweep::orchestrator
