#include "worker/train/one_cycle.h"

#include <cmath>
#include <numbers>

namespace radsweep::train {
namespace {

// From `a` to `b` along half a cosine, t in [0,1].
double cosine(double a, double b, double t) {
  return a + (1 + std::cos(std::numbers::pi * (1 - t))) * (b - a) / 2;
}

}  // namespace

double cycle_position(int epoch, int epochs, long batch, long batches) {
  double position = static_cast<double>(epoch) / epochs;
  const double step = 1.0 / static_cast<double>(batches * epochs);
  for (long i = 0; i < batch; ++i) position += step;
  return position;
}

double OneCycle::at(double position) const {
  const auto p = static_cast<float>(position);
  const auto up = static_cast<float>(pct_start);
  const float end = up + static_cast<float>(1 - pct_start);
  if (p < up) return cosine(first, middle, p / up);
  return cosine(middle, last, (p - up) / (end - up));
}

}  // namespace radsweep::train
