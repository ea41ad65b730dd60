// The answer of a sweep: one cell per resolution x architecture (x variant).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/database.h"
#include "orchestrator/report/delong.h"
#include "orchestrator/report/study_scores.h"

namespace radsweep::report {

// The seeds of a cell as one classifier: the mean logit of every study over the cell's done runs.
struct Ensemble {
  int n = 0;                           // seeds in it
  double auc = 0;                      // 0..1
  std::optional<Interval> interval{};  // 95 %, DeLong, over studies
  StudyScores scores;
};

// AUCs are 0..1. Missing seeds are those of the current grid without a measured AUC, for
// whatever reason: not run yet, failed, cancelled, pruned, or only one class in the validation set.
struct Cell {
  int resolution = 0;  // px
  std::string architecture, variant;
  int n = 0;  // runs with a measured AUC
  std::vector<std::int64_t> missing_seeds;
  std::optional<double> mean;
  std::optional<double> std_dev;  // n - 1 in the denominator; nothing below two runs
  std::optional<double> min, max;
  std::string best_run;  // "" when n = 0
  // Nothing without predictions, when only one class is present, or when the seeds were not
  // validated on the same studies.
  std::optional<Ensemble> ensemble{};
  std::vector<std::int64_t> pruned_seeds{};  // those of the missing ones that were pruned
};

// Ordered by architecture, variant, resolution. Throws Error when the database cannot be read.
std::vector<Cell> read_results(db::Database& database);

// "80.12 ± 0.45", "80.12" for a single run, "–" without any.
std::string mean_and_std(const Cell& cell);
// "4, 5 (pruned)" or "".
std::string missing_text(const Cell& cell);
std::size_t pruned_runs(const std::vector<Cell>& cells);
bool has_variants(const std::vector<Cell>& cells);
// "densenet121" or "densenet121, base_lr=0.001".
std::string series_name(const std::string& architecture, const std::string& variant);

}  // namespace radsweep::report
