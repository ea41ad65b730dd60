#include "orchestrator/report/nice_ticks.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

namespace radsweep::report {
namespace {

// The double that is written so: pow(10, -5) may be its neighbour.
double times_power_of_ten(int factor, int exponent) {
  const std::string text = std::to_string(factor) + "e" + std::to_string(exponent);
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

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

std::vector<double> log_ticks(double low, double high, int wanted) {
  std::vector<double> fine, powers;
  const int first = static_cast<int>(std::floor(std::log10(low)));
  const int last = static_cast<int>(std::ceil(std::log10(high)));
  for (int exponent = first; exponent <= last; ++exponent) {
    for (const int factor : {1, 2, 5}) {
      const double tick = times_power_of_ten(factor, exponent);
      if (tick < low || tick > high) continue;
      fine.push_back(tick);
      if (factor == 1) powers.push_back(tick);
    }
  }
  const auto most = static_cast<std::size_t>(std::max(wanted, 2));
  if (fine.size() <= most || powers.size() < 2) return fine;
  const std::size_t stride = (powers.size() + most - 1) / most;
  std::vector<double> ticks;
  for (std::size_t i = 0; i < powers.size(); i += stride) ticks.push_back(powers[i]);
  return ticks;
}

}  // namespace radsweep::report
