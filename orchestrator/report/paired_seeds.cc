#include "orchestrator/report/paired_seeds.h"

#include <cmath>
#include <limits>
#include <map>

#include "orchestrator/report/number_text.h"
#include "orchestrator/report/student_t.h"

namespace radsweep::report {
namespace {

using AucBySeed = std::map<std::int64_t, double>;

AucBySeed auc_by_seed(const std::vector<RunRow>& runs, const Cell& cell) {
  AucBySeed aucs;
  for (const RunRow& run : runs) {
    const bool in_cell = run.resolution == cell.resolution &&
                         run.architecture == cell.architecture && run.variant == cell.variant;
    if (in_cell && run.state == "done" && run.best_auc) aucs[run.seed] = *run.best_auc;
  }
  return aucs;
}

// weight * AUC summed over the terms, for the seeds that all of them have.
std::vector<double> sums_by_seed(const std::vector<RunRow>& runs, const std::vector<Term>& terms) {
  std::map<std::int64_t, double> sums;
  std::map<std::int64_t, std::size_t> found;
  for (const Term& term : terms) {
    for (const auto& [seed, auc] : auc_by_seed(runs, *term.cell)) {
      sums[seed] += term.weight * auc;
      ++found[seed];
    }
  }
  std::vector<double> complete;
  for (const auto& [seed, sum] : sums) {
    if (found[seed] == terms.size()) complete.push_back(sum);
  }
  return complete;
}

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

// Sum of (x - mean x) * (y - mean y).
double co_moment(const std::vector<double>& x, const std::vector<double>& y) {
  const double mean_x = mean_of(x), mean_y = mean_of(y);
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += (x[i] - mean_x) * (y[i] - mean_y);
  return sum;
}

}  // namespace

PairedDifference seed_contrast(const std::vector<RunRow>& runs, const std::vector<Term>& terms) {
  const std::vector<double> differences = sums_by_seed(runs, terms);
  PairedDifference result;
  result.pairs = static_cast<int>(differences.size());
  if (differences.empty()) return result;
  result.mean = mean_of(differences);
  if (result.pairs < 2) return result;
  const double variance = co_moment(differences, differences) / (result.pairs - 1);
  result.standard_error = std::sqrt(variance / result.pairs);
  const double reach = student_95(result.pairs - 1) * *result.standard_error;
  result.interval = Interval{result.mean - reach, result.mean + reach};
  return result;
}

PairedDifference paired_difference(const std::vector<RunRow>& runs, const Cell& higher,
                                   const Cell& lower) {
  return seed_contrast(runs, {{&higher, 1}, {&lower, -1}});
}

std::string difference_text(const PairedDifference& difference) {
  if (difference.pairs == 0) return "no seed in common";
  if (!difference.standard_error) return signed_points(difference.mean) + " (one paired seed)";
  return signed_points(difference.mean) + " ± " + points(*difference.standard_error) +
         " (standard error over " + std::to_string(difference.pairs) +
         " paired seeds, 95 %: " + signed_points(difference.interval->low) + " to " +
         signed_points(difference.interval->high) + ")";
}

std::optional<double> spread_evidence(const std::vector<RunRow>& runs, const Cell& higher,
                                      const Cell& lower) {
  const std::vector<double> sums = sums_by_seed(runs, {{&higher, 1}, {&lower, 1}});
  const std::vector<double> differences = sums_by_seed(runs, {{&higher, 1}, {&lower, -1}});
  const int pairs = static_cast<int>(sums.size());
  if (pairs < 3) return std::nullopt;
  const double of_sums = co_moment(sums, sums),
               of_differences = co_moment(differences, differences);
  // rounding alone gives 1e-32 for AUCs without any spread
  constexpr double kNone = 1e-20;
  if (of_sums < kNone || of_differences < kNone) return std::nullopt;
  const double correlation = co_moment(sums, differences) / std::sqrt(of_sums * of_differences);
  const double rest =
      std::max(1 - correlation * correlation, std::numeric_limits<double>::epsilon());
  const double t = correlation * std::sqrt((pairs - 2) / rest);
  return t / student_95(pairs - 2);
}

}  // namespace radsweep::report
