#include "orchestrator/report/auc_error.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace radsweep::report {

double hanley_mcneil(double auc, int positives, int negatives) {
  if (positives <= 0 || negatives <= 0) return 0;
  const double q1 = auc / (2 - auc);
  const double q2 = 2 * auc * auc / (1 + auc);
  const double variance =
      (auc * (1 - auc) + (positives - 1) * (q1 - auc * auc) + (negatives - 1) * (q2 - auc * auc)) /
      (static_cast<double>(positives) * negatives);
  return std::sqrt(std::max(variance, 0.0));
}

double expected_maximum(int count) {
  if (count < 2) return 0;
  // integral of x * count * phi(x) * Phi(x)^(count-1), trapezoids; the ends weigh nothing
  constexpr double kEnd = 9, kStep = 1e-3;
  double sum = 0;
  for (double x = -kEnd; x <= kEnd; x += kStep) {
    const double density = std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi);
    const double below = std::erfc(-x / std::numbers::sqrt2) / 2;
    sum += x * count * density * std::pow(below, count - 1);
  }
  return sum * kStep;
}

double null_floor(int positives, int negatives, int epochs) {
  if (positives <= 0 || negatives <= 0) return 0.5;
  const double pairs = static_cast<double>(positives) * negatives;
  return 0.5 + expected_maximum(epochs) * std::sqrt((positives + negatives + 1.0) / (12 * pairs));
}

}  // namespace radsweep::report
