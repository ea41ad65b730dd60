// How long a list of runs takes on several slots: the orchestrator's rule, simulated.
#pragma once

#include <cstddef>
#include <vector>

namespace radsweep::orchestrator {

struct Job {
  Job(double seconds, int slots = 1) : duration(seconds), gpus(slots) {}
  double duration = 0;  // in any unit
  int gpus = 1;         // slots that it takes at once
};

struct Schedule {
  std::vector<double> start;                    // of each run, in the order given
  std::vector<std::vector<std::size_t>> slots;  // where it runs
  double makespan = 0;                          // when the last slot is free
};

// The rule of RunQueue::claim_next: whenever slots are free, the job that takes most of those that
// fit, of equals the first in the order given, gets the first of them. `free_at`: when each slot is
// free at first. Sorted longest first, of jobs on one slot each, this is the LPT rule, at most
// 4/3 - 1/(3 slots) of the optimum (Graham 1969). No job may take more than all slots.
Schedule simulate(const std::vector<Job>& jobs, const std::vector<double>& free_at);
// All of them free at 0; at least 1.
Schedule simulate(const std::vector<Job>& jobs, std::size_t slots);

// No schedule ends sooner: an equal share of all, the longest run, and, for every k, the shortest
// k + 1 of the k * slots + 1 longest, since some slot takes that many of them. The best possible
// schedule may be longer. A job on several slots is counted as so many on one each.
double shortest_conceivable(const std::vector<Job>& jobs, std::size_t slots);

}  // namespace radsweep::orchestrator
