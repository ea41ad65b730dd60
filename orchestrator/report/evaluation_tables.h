// The rows of the page that tell how far its AUCs can be trusted, as texts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "orchestrator/report/comparisons.h"
#include "orchestrator/report/delong.h"

namespace radsweep::report {

// "78.10 – 91.04"; "–" without an interval. AUC x 100.
std::string interval_text(const std::optional<Interval>& interval);

// "86.12 (81.20 – 91.04)", without its parenthesis where there is no interval; "–" without one.
std::string ensemble_text(const Cell& cell);

// Two-sided p: "0.031", "< 0.001", "–".
std::string p_text(const std::optional<double>& p);

struct ComparisonText {
  std::string cells;      // "densenet161: 480 − 320", "at 480: densenet161 − densenet121"
  std::string by_seed;    // "+1.63 ± 0.31"
  std::string pairs;      // "5"
  std::string ensembles;  // "+1.20 (-0.80 to +3.20)"
  std::string ensembles_p;
};
std::vector<ComparisonText> comparison_texts(const std::vector<Comparison>& comparisons);

}  // namespace radsweep::report
