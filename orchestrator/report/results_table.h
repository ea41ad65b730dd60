// The answer of a sweep: one cell per resolution x architecture (x variant).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/database.h"

namespace radsweep::report {

// AUCs are 0..1. Missing seeds are those of the current grid without a measured AUC, for
// whatever reason: not run yet, failed, cancelled, or only one class in the validation set.
struct Cell {
  int resolution = 0;  // px
  std::string architecture, variant;
  int n = 0;  // runs with a measured AUC
  std::vector<std::int64_t> missing_seeds;
  std::optional<double> mean;
  std::optional<double> std_dev;  // n - 1 in the denominator; nothing below two runs
  std::optional<double> min, max;
  std::string best_run;  // "" when n = 0
};

// Ordered by architecture, variant, resolution. Throws Error when the database cannot be read.
std::vector<Cell> read_results(db::Database& database);

// "80.12 ± 0.45", "80.12" for a single run, "–" without any.
std::string mean_and_std(const Cell& cell);
// "4, 5" or "".
std::string missing_text(const Cell& cell);
bool has_variants(const std::vector<Cell>& cells);
// "densenet121" or "densenet121, base_lr=0.001".
std::string series_name(const std::string& architecture, const std::string& variant);

}  // namespace radsweep::report
