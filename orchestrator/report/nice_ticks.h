// Round numbers along an axis.
#pragma once

#include <vector>

namespace radsweep::report {

struct Ticks {
  std::vector<double> at;  // ascending, multiples of a step of 1, 2 or 5 times a power of ten
  double step = 0;
  int digits = 0;  // after the point, needed to tell the ticks apart
};

// Steps that cover [low, high]: the first tick is <= low, the last >= high; about `wanted` of
// them. A range without extent is widened; low and high may come in either order.
Ticks nice_ticks(double low, double high, int wanted);

// For a logarithmic axis from `low` > 0 to `high`: 1, 2 and 5 times powers of ten within, or powers
// of ten alone where these are more than `wanted`. Empty when there is none.
std::vector<double> log_ticks(double low, double high, int wanted);

}  // namespace radsweep::report
