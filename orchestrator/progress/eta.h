// When a sweep will be complete, from the speeds measured so far.
#pragma once

#include <optional>
#include <vector>

namespace radsweep::orchestrator {

// Costs are in the unit of db::NewRun::cost (expected multiply-adds of a whole run).
struct EtaInput {
  // A finished run, or what a running one has done in its present attempt.
  struct Measured {
    double cost = 0;
    double seconds = 0;
  };
  // A slot and the run on it. Without a run all is 0.
  struct Slot {
    double remaining_cost = 0;
    Measured done;  // by the present attempt
  };
  std::vector<Measured> finished;
  std::vector<Slot> slots;
  std::vector<double> waiting;  // costs of runs that have no slot yet
};

// Seconds until the last run ends when waiting runs go, longest first, to the slot that is free
// first: the order the queue keeps. The speed of a slot is that of all finished runs together;
// a running one that has done a twentieth of what is before it counts with its own speed, and
// before any run finished the speed of the running ones stands for it. nullopt while nothing has
// been measured or runs wait without any slot; 0 when nothing is left.
std::optional<double> estimate_eta_s(const EtaInput& input);

}  // namespace radsweep::orchestrator
