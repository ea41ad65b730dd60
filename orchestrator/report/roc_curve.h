// The ROC curve of scores over studies.
#pragma once

#include <limits>
#include <span>
#include <vector>

namespace radsweep::report {

// Studies with a score of at least `threshold` are called positive.
struct RocPoint {
  double false_positive_rate = 0;  // 1 - specificity
  double true_positive_rate = 0;   // sensitivity
  double threshold = std::numeric_limits<double>::infinity();
};

// One point per distinct score, from (0, 0) at an infinite threshold to (1, 1): what
// scikit-learn's roc_curve(drop_intermediate=False) returns. Equal scores move together, so a tie
// of both classes is a slanted step and the area by trapezoids counts it half. Empty when a class
// is missing. `labels` are 0 or 1, `scores` finite, both of the same length.
std::vector<RocPoint> roc_curve(std::span<const int> labels, std::span<const double> scores);

// The area below it by trapezoids; 0 for an empty curve.
double area_below(const std::vector<RocPoint>& curve);

// The highest sensitivity of a curve with points at this false positive rate (0..1).
double sensitivity_at(const std::vector<RocPoint>& curve, double false_positive_rate);

// The same curve without the points that lie on the straight line between their neighbours.
std::vector<RocPoint> corners_of(const std::vector<RocPoint>& curve);

}  // namespace radsweep::report
