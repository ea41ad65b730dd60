// The answer of a sweep whose trainer is a program of the user's: one cell per combination of all
// its axes but the seed, in the objective's own unit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "db/database.h"

namespace radsweep::report {

// A current run. `values` are those of OwnResults::axes, spelled as in the names of runs.
struct OwnRun {
  std::string name, variant;
  std::vector<std::string> values;
  std::int64_t seed = 0;
  std::string state;  // as in the database, or pruned
  int attempts = 0;
  std::optional<double> best;  // the objective's, of all epochs so far
  std::optional<int> best_epoch;
  std::vector<std::pair<int, double>> curve;  // epoch and objective, in order
  std::optional<double> train_seconds;
  std::string device, error_class, error;  // "" when there is none
};

struct OwnCell {
  std::string variant;  // "lr=0.1 optimizer=adam"
  std::vector<std::string> values;
  int n = 0;        // done runs
  int missing = 0;  // others
  int pruned = 0;   // among these
  std::vector<std::int64_t> missing_seeds, pruned_seeds;
  std::optional<double> mean;
  std::optional<double> std_dev;  // n - 1 in the denominator; nothing below two runs
  std::optional<double> min, max;
  std::string best_run;                 // "" when n = 0
  std::optional<double> train_seconds;  // mean of the done runs
};

struct OwnAxis {
  std::string name;
  std::vector<std::string> values;  // distinct ones of the runs, in the order of the grid
  bool numeric = true;              // all of them are numbers
  bool varies() const { return values.size() > 1; }
};

struct OwnResults {
  std::string metric, mode;    // mode: max | min
  std::vector<OwnAxis> axes;   // without the seed, in the sweep file's order
  bool has_seeds = false;      // the seed is an axis
  std::vector<OwnCell> cells;  // in the order of the grid, as are the runs
  std::vector<OwnRun> runs;

  // The cell with the best mean; nullptr before any run is done. Lives as long as this object.
  const OwnCell* best_cell() const;
  const OwnRun* best_run() const;  // of the done ones
  bool is_better(double value, double than) const;
  std::size_t pruned_runs() const;

  // What tells a cell from the others, "lr=0.1 optimizer=adam"; "" where no axis varies.
  std::string title_of(const OwnCell& cell) const;
  // The axes that all runs share, "model=small, warmup=5"; "" where there is none.
  std::string shared_values() const;
};

// Whether the current runs are those of a program of the user's. Throws Error, as the next one
// does, when the database cannot be read.
bool has_own_trainer(db::Database& database);
OwnResults read_own_results(db::Database& database);

// "0.01235 ± 0.0011", "0.01235" for a single run, "–" without any.
std::string mean_and_std(const OwnCell& cell);
// "4, 5 (pruned)", or "2 runs, 1 pruned" where there are no seeds; "" when nothing is missing.
std::string missing_text(const OwnResults& results, const OwnCell& cell);

}  // namespace radsweep::report
