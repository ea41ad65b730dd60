#include "orchestrator/report/nice_ticks.h"

#include <algorithm>
#include <cmath>

namespace radsweep::report {

Ticks nice_ticks(double low, double high, int wanted) {
  if (low > high) std::swap(low, high);
  if (high - low <= 1e-12 * std::max(std::abs(low), std::abs(high))) {
    const double margin = low == 0 ? 1 : std::abs(low) * 0.01;
    low -= margin;
    high += margin;
  }
  const double raw = (high - low) / std::max(wanted - 1, 1);
  const double power = std::floor(std::log10(raw));
  const double unit = std::pow(10.0, power);
  const double fraction = raw / unit;
  Ticks ticks;
  ticks.step = unit * (fraction <= 1 ? 1 : fraction <= 2 ? 2 : fraction <= 5 ? 5 : 10);
  ticks.digits = std::max(0, -static_cast<int>(std::floor(std::log10(ticks.step) + 1e-9)));
  // a hair of tolerance, so that 0.3 / 0.1 counts as 3
  const double first = std::floor(low / ticks.step + 1e-9);
  const double last = std::ceil(high / ticks.step - 1e-9);
  for (double i = first; i <= last; i += 1) ticks.at.push_back(i * ticks.step);
  return ticks;
}

}  // namespace radsweep::report
