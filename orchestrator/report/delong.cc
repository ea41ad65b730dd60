#include "orchestrator/report/delong.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <numeric>
#include <vector>

namespace radsweep::report {
namespace {

constexpr double kNormal975 = 1.959963984540054;  // 97.5 % quantile of the standard normal

// Ranks from 1; equal values share the mean of theirs.
std::vector<double> mid_ranks(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    for (std::size_t i = begin; i < end; ++i) {
      ranks[order[i]] = static_cast<double>(begin + 1 + end) / 2;
    }
  }
  return ranks;
}

struct Placements {
  std::vector<double> of_positives, of_negatives;  // V10 and V01
};

Placements placements_of(std::span<const int> labels, std::span<const double> scores) {
  std::vector<double> positives, negatives;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    (labels[i] == 1 ? positives : negatives).push_back(scores[i]);
  }
  std::vector<double> both = positives;
  both.insert(both.end(), negatives.begin(), negatives.end());
  const auto among_all = mid_ranks(both);
  const auto among_positives = mid_ranks(positives), among_negatives = mid_ranks(negatives);
  const auto p = static_cast<double>(positives.size());
  const auto n = static_cast<double>(negatives.size());

  // a rank among all, less the rank among its own class, counts the other class below it
  Placements placements;
  for (std::size_t i = 0; i < positives.size(); ++i) {
    placements.of_positives.push_back((among_all[i] - among_positives[i]) / n);
  }
  for (std::size_t i = 0; i < negatives.size(); ++i) {
    const double below = among_all[positives.size() + i] - among_negatives[i];
    placements.of_negatives.push_back(1 - below / p);
  }
  return placements;
}

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// Of the mean of independent values; they are at least two.
double variance_of_mean(const std::vector<double>& values) {
  const double mean = mean_of(values);
  const auto count = static_cast<double>(values.size());
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return squares / (count - 1) / count;
}

std::optional<double> standard_error_of(const Placements& placements) {
  if (placements.of_positives.size() < 2 || placements.of_negatives.size() < 2) return std::nullopt;
  constexpr double kRounding = 1e-24;  // placements carry errors of 1e-16
  const double variance =
      variance_of_mean(placements.of_positives) + variance_of_mean(placements.of_negatives);
  return variance > kRounding ? std::optional(std::sqrt(variance)) : std::nullopt;
}

void subtract(std::vector<double>& values, const std::vector<double>& others) {
  std::transform(values.begin(), values.end(), others.begin(), values.begin(), std::minus<>());
}

bool has_both_classes(std::span<const int> labels) {
  const auto positives = std::count(labels.begin(), labels.end(), 1);
  return positives > 0 && positives < static_cast<std::ptrdiff_t>(labels.size());
}

}  // namespace

std::optional<DelongAuc> delong_auc(std::span<const int> labels, std::span<const double> scores) {
  if (!has_both_classes(labels)) return std::nullopt;
  const Placements placements = placements_of(labels, scores);
  return DelongAuc{mean_of(placements.of_positives), standard_error_of(placements)};
}

std::optional<Interval> normal_interval(const DelongAuc& measured) {
  if (!measured.standard_error) return std::nullopt;
  const double half = kNormal975 * *measured.standard_error;
  return Interval{std::max(measured.auc - half, 0.0), std::min(measured.auc + half, 1.0)};
}

// The covariance of both AUCs is in the variance of the placements' differences.
std::optional<DelongDifference> delong_difference(std::span<const int> labels,
                                                  std::span<const double> first,
                                                  std::span<const double> second) {
  if (!has_both_classes(labels)) return std::nullopt;
  Placements placements = placements_of(labels, first);
  const Placements others = placements_of(labels, second);
  subtract(placements.of_positives, others.of_positives);
  subtract(placements.of_negatives, others.of_negatives);
  DelongDifference result{mean_of(placements.of_positives), standard_error_of(placements), {}};
  if (result.standard_error) {
    const double z = std::abs(result.difference) / *result.standard_error;
    result.p = std::erfc(z / std::numbers::sqrt2);
  }
  return result;
}

std::optional<Interval> normal_interval(const DelongDifference& measured) {
  if (!measured.standard_error) return std::nullopt;
  const double half = kNormal975 * *measured.standard_error;
  return Interval{measured.difference - half, measured.difference + half};
}

}  // namespace radsweep::report
