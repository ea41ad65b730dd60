// What a program of the user's tells: one JSON object a line, {"epoch": 3, "valid_auc": 0.81}.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace radsweep::wrap {

// Where the program finds the number of the descriptor that takes the lines.
inline constexpr const char* kMetricsFdVariable = "RADSWEEP_METRICS_FD";

struct MetricLine {
  std::optional<int> epoch;              // from 0; nothing: that of the line before
  std::map<std::string, double> values;  // finite
  std::string not_a_number;              // name of a value that is NaN or infinite; "" without one
  std::string problem;                   // why the line says nothing; "" when it does
};

// Values are numbers, true and false; NaN, Infinity and -Infinity as Python's json writes them, or
// as texts ("nan", "inf").
MetricLine parse_metric_line(const std::string& line);

// The same for words NAME=VALUE; throws Error(usage) when one is not of this form.
std::string metric_line_of(const std::vector<std::string>& words, std::optional<int> epoch);

}  // namespace radsweep::wrap
