// Sampling error of an AUC, and of the difference of two AUCs over the same studies, by DeLong,
// DeLong and Clarke-Pearson 1988 (Biometrics 44:837-845), computed with mid-ranks as Sun and Xu
// 2014 (IEEE Signal Processing Letters 21:1389-1393) show: n log n instead of all pairs.
//
// With P positives x_i and N negatives y_j, and psi(x, y) = 1 for x > y, 1/2 for x = y, else 0:
//   placements  V10(x_i) = mean over j of psi(x_i, y_j),  V01(y_j) = mean over i of psi(x_i, y_j)
//   AUC = mean of V10 = mean of V01
//   variance = S10 / P + S01 / N, with S the sample (co)variances (n - 1) of the placements.
// Studies are taken as independent. `labels` are 0 or 1, scores finite, all of the same length.
#pragma once

#include <optional>
#include <span>

namespace radsweep::report {

struct Interval {
  double low = 0, high = 0;
};

struct DelongAuc {
  double auc = 0;
  // Nothing below two studies of a class, and when all placements are equal (perfect separation,
  // or one score for all): a variance of 0 would claim a certainty the studies do not give.
  std::optional<double> standard_error;
};

// nullopt when a class is missing.
std::optional<DelongAuc> delong_auc(std::span<const int> labels, std::span<const double> scores);

// auc ± 1.96 standard errors, cut to 0..1: a 95 % interval.
std::optional<Interval> normal_interval(const DelongAuc& measured);

struct DelongDifference {
  double difference = 0;                 // AUC of `first` minus AUC of `second`
  std::optional<double> standard_error;  // nothing for the same reasons, so for equal rankings
  std::optional<double> p;               // two-sided, normal; nothing without a standard error
};

// The paired test that both scores of the same studies have one AUC. nullopt when a class is
// missing.
std::optional<DelongDifference> delong_difference(std::span<const int> labels,
                                                  std::span<const double> first,
                                                  std::span<const double> second);

// difference ± 1.96 standard errors: a 95 % interval.
std::optional<Interval> normal_interval(const DelongDifference& measured);

}  // namespace radsweep::report
