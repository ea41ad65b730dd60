// What `radsweep bench` prints, and what `radsweep plan --speeds` reads of it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/speed/cell_speed.h"

namespace radsweep::orchestrator {

// Runs that differ in their seed alone, or in their initial weights.
struct BenchCell {
  CellSpeed speed;
  attempt::Recipe recipe;
  int runs = 0;
  int gpus = 1;  // that a run takes; measured is one, k are reckoned as k times as fast
};

struct SpeedReport {
  std::string sweep, file;
  std::string data;  // where the workload's numbers come from, for people
  Workload work;
  std::string slot;              // measured on, for people
  int slots = 0;                 // that `run` would use
  std::vector<BenchCell> cells;  // in the order of the queue: most expensive first
};

// Seconds until the last run has ended on these slots, in the queue's order; of the cells whose
// speed is known. nullopt when none is.
std::optional<double> makespan(const SpeedReport& report);

// The table for people, and the same as one object.
std::string to_text(const SpeedReport& report);
nlohmann::json to_json(const SpeedReport& report);

// The cells of a file that holds to_json(). Throws Error(environment) when it cannot be read,
// Error(usage) when it holds something else.
std::vector<CellSpeed> read_speeds(const std::string& file);

}  // namespace radsweep::orchestrator
