// When a sweep will be complete, from the speeds measured so far.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace radsweep::orchestrator {

// Costs are in the unit of db::NewRun::cost (expected multiply-adds of a whole run); gpus are the
// slots that a run takes at once.
struct EtaInput {
  // A finished run, or what a running one has done in its present attempt.
  struct Measured {
    double cost = 0;
    double seconds = 0;
    int gpus = 1;
  };
  struct Running {
    double remaining_cost = 0;
    Measured done;  // by the present attempt
  };
  struct Waiting {
    double cost = 0;
    int gpus = 1;
  };
  std::vector<Measured> finished;
  std::vector<Running> running;
  std::vector<Waiting> waiting;  // runs that have no slot yet
  std::size_t slots = 0;         // in all, idle ones and those of the running runs
};

// Seconds until the last run ends by the order of the queue (sweep/schedule.h), the most expensive
// first. The speed of a run on k slots is that of all finished runs on k together, or else k times
// that of one slot over all finished runs; a running one that has done a twentieth of what is
// before it counts with its own speed, and before any run finished the speed of the running ones
// stands for it. nullopt while nothing has been measured, or where a run that waits takes more
// slots than there are; 0 when nothing is left.
std::optional<double> estimate_eta_s(const EtaInput& input);

}  // namespace radsweep::orchestrator
