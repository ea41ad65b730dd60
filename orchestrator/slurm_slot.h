// How the database names the place of an attempt that Slurm runs.
#pragma once

#include <string>

namespace radsweep::orchestrator {

inline constexpr const char* kSlurmSlot = "slurm:";  // then element and node: "slurm:12_3 node7"

// Its process is on another machine: nobody here can adopt, judge or signal it.
inline bool is_slurm_slot(const std::string& slot) {
  return slot.starts_with(kSlurmSlot);
}

}  // namespace radsweep::orchestrator
