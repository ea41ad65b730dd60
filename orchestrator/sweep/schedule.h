// How long a list of runs takes on several slots: the orchestrator's rule, simulated.
#pragma once

#include <cstddef>
#include <vector>

namespace radsweep::orchestrator {

struct Schedule {
  std::vector<double> start;      // of each run, in the order given
  std::vector<std::size_t> slot;  // where it runs
  double makespan = 0;            // when the last one ends
};

// Hands out `durations` in order, each to the slot that is free first (the lowest of equals).
// Sorted longest first this is the LPT rule, at most 4/3 - 1/(3 slots) of the optimum (Graham
// 1969). Any unit; `slots` must be at least 1.
Schedule simulate(const std::vector<double>& durations, std::size_t slots);

// No schedule ends sooner: an equal share of all, the longest run, and, for every k, the shortest
// k + 1 of the k * slots + 1 longest, since some slot takes that many of them. The best possible
// schedule may be longer.
double shortest_conceivable(std::vector<double> durations, std::size_t slots);

}  // namespace radsweep::orchestrator
