// What `radsweep plan` says: everything `run` would do, worked out without doing it.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/sweep/expand.h"
#include "orchestrator/sweep/measured_speed.h"
#include "orchestrator/sweep/memory_fit.h"

namespace radsweep::orchestrator {

// A run as the store's database has it.
struct StoredRun {
  std::string name, identity, state;
  bool current = true;  // the sweep file named it last time
};

struct PlanSlot {
  std::string label;
  std::optional<double> memory_bytes;  // a run's share of the GPU; nothing on the CPU
};

// Found out by the caller.
struct PlanInput {
  std::string sweep, file, store;
  bool store_exists = false;
  std::vector<int> resolutions;  // px
  DataFacts data;
  std::string data_source;           // of its counts, when that is not its folder
  std::vector<std::string> missing;  // what `run` would have to make first
  std::vector<PlannedRun> runs;      // in order
  std::vector<StoredRun> stored;
  std::vector<MeasuredRun> measured;
  std::vector<PlanSlot> slots;
  bool wants_schedule = false;  // which run goes where, and when
  // Seconds by the speeds that a benchmark measured, by run; they come before `measured`.
  std::map<std::string, double> benchmarked;
  std::string benchmark;                // its file and device, for people; "": there is none
  std::optional<PruneRule> prune = {};  // of the sweep file
};

struct PlanRow {
  std::string name, state;  // state: the store's, or "new"
  std::string identity;     // "" as long as the data does not exist
  int resolution = 0;
  std::string architecture, variant;
  std::int64_t seed = 0;
  double cost = 0;           // multiply-adds
  double relative_cost = 0;  // to the cheapest run
  double memory_bytes = 0;
  int gpus = 1;  // slots that it takes at once
  std::optional<double> seconds;
};

// What the queue would do, by the rule of schedule.h. In seconds where those of every run are
// known, else in runs of the cheapest kind on one slot, as if k were k times as fast.
struct PlanSchedule {
  struct Slot {
    double busy = 0;
    std::vector<std::string> runs;  // in their order; one on several slots is named at each
  };
  bool in_seconds = false;
  std::vector<Slot> slots;  // as PlanInput::slots
  double makespan = 0;
  double bound = 0;  // no schedule on these slots is shorter
};

struct Plan {
  PlanInput input;
  std::vector<PlanRow> rows;
  int to_do = 0;                     // neither done, failed nor cancelled
  std::vector<std::string> dropped;  // current in the store, no longer in the file
  double cache_bytes = 0;            // training images x resolution^2, over all resolutions
  double checkpoint_bytes = 0;       // of the runs to do, when all have ended
  std::optional<double> seconds;     // until the last run to do has ended on these slots
  int measured_runs = 0;             // what `seconds` rests on, without a benchmark
  std::optional<PlanSchedule> schedule;
  MemoryFit fit;  // of the runs to do
  std::vector<std::string> warnings;
};

Plan make_plan(PlanInput input);

// The tables for people, and the same as one object.
std::string to_text(const Plan& plan);
nlohmann::json to_json(const Plan& plan);

}  // namespace radsweep::orchestrator
