// Mean and sample deviation of a few numbers.
#pragma once

#include <optional>
#include <vector>

namespace radsweep::report {

struct MeanAndStd {
  int n = 0;
  double mean = 0;
  std::optional<double> std_dev;  // n - 1; nothing below two values
};

// `values` holds at least one.
MeanAndStd mean_and_std_of(const std::vector<double>& values);

}  // namespace radsweep::report
