#include "orchestrator/report/mean_and_std.h"

#include <cmath>

namespace radsweep::report {

MeanAndStd mean_and_std_of(const std::vector<double>& values) {
  MeanAndStd result;
  result.n = static_cast<int>(values.size());
  for (const double value : values) result.mean += value / static_cast<double>(values.size());
  double squares = 0;
  for (const double value : values) squares += (value - result.mean) * (value - result.mean);
  if (result.n > 1) result.std_dev = std::sqrt(squares / (result.n - 1));
  return result;
}

}  // namespace radsweep::report
