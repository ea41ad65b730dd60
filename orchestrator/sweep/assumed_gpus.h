// GPUs that are not there, as `radsweep plan --assume-gpus` names them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "orchestrator/sweep/plan.h"

namespace radsweep::orchestrator {

struct AssumedGpus {
  int count = 0;
  std::string name;                    // "P6000", "" when only counted
  std::optional<double> memory_bytes;  // of one; nothing when it is not known
};

// "5", "5xP6000" or "5xP6000:24": how many, of what name, with how many GiB. Without the last, the
// memory is that of the card so named, where it is known; of cards with several, the smallest
// ("A100", while "A100-80GB" says it). Throws Error(usage).
AssumedGpus parse_assumed_gpus(const std::string& text);

// The slots of these GPUs: with so many runs at once on each, in equal shares of its memory.
std::vector<PlanSlot> slots_of(const AssumedGpus& gpus, int runs_per_gpu);

}  // namespace radsweep::orchestrator
