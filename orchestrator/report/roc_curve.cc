#include "orchestrator/report/roc_curve.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace radsweep::report {

std::vector<RocPoint> roc_curve(std::span<const int> labels, std::span<const double> scores) {
  const auto positives = std::count(labels.begin(), labels.end(), 1);
  const auto negatives = static_cast<std::ptrdiff_t>(labels.size()) - positives;
  if (positives == 0 || negatives == 0) return {};

  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });

  std::vector<RocPoint> curve(1);
  std::ptrdiff_t true_positives = 0, false_positives = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    ++(labels[order[i]] == 1 ? true_positives : false_positives);
    const double score = scores[order[i]];
    if (i + 1 < order.size() && scores[order[i + 1]] == score) continue;
    curve.push_back({static_cast<double>(false_positives) / static_cast<double>(negatives),
                     static_cast<double>(true_positives) / static_cast<double>(positives), score});
  }
  return curve;
}

double area_below(const std::vector<RocPoint>& curve) {
  double area = 0;
  for (std::size_t i = 1; i < curve.size(); ++i) {
    area += (curve[i].false_positive_rate - curve[i - 1].false_positive_rate) *
            (curve[i].true_positive_rate + curve[i - 1].true_positive_rate) / 2;
  }
  return area;
}

double sensitivity_at(const std::vector<RocPoint>& curve, double false_positive_rate) {
  // the first point beyond the rate; the line to it begins at the highest point at or before it
  std::size_t next = 0;
  while (next < curve.size() && curve[next].false_positive_rate <= false_positive_rate) ++next;
  const RocPoint& before = curve[next - 1];
  if (next == curve.size()) return before.true_positive_rate;
  const RocPoint& after = curve[next];
  const double share = (false_positive_rate - before.false_positive_rate) /
                       (after.false_positive_rate - before.false_positive_rate);
  return before.true_positive_rate + share * (after.true_positive_rate - before.true_positive_rate);
}

std::vector<RocPoint> corners_of(const std::vector<RocPoint>& curve) {
  constexpr double kStraight = 1e-12;  // of products of rates, which carry 1e-16
  std::vector<RocPoint> corners;
  for (std::size_t i = 0; i < curve.size(); ++i) {
    if (i > 0 && i + 1 < curve.size()) {
      const RocPoint &from = corners.back(), &at = curve[i], &to = curve[i + 1];
      const double bend = (at.false_positive_rate - from.false_positive_rate) *
                              (to.true_positive_rate - at.true_positive_rate) -
                          (at.true_positive_rate - from.true_positive_rate) *
                              (to.false_positive_rate - at.false_positive_rate);
      if (std::abs(bend) < kStraight) continue;
    }
    corners.push_back(curve[i]);
  }
  return corners;
}

}  // namespace radsweep::report
