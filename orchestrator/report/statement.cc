#include "orchestrator/report/statement.h"

#include <cmath>
#include <map>

#include "orchestrator/report/number_text.h"

namespace radsweep::report {
namespace {

std::map<std::int64_t, double> auc_by_seed(const std::vector<RunRow>& runs, const Cell& cell) {
  std::map<std::int64_t, double> aucs;
  for (const RunRow& run : runs) {
    const bool in_cell = run.resolution == cell.resolution &&
                         run.architecture == cell.architecture && run.variant == cell.variant;
    if (in_cell && run.state == "done" && run.best_auc) aucs[run.seed] = *run.best_auc;
  }
  return aucs;
}

}  // namespace

const char* words(Verdict verdict) {
  switch (verdict) {
    case Verdict::holds:
      return "holds";
    case Verdict::does_not_hold:
      return "does not hold";
    case Verdict::not_enough_data:
      return "not enough data";
  }
  return "?";
}

bool is_enough(const Cell* cell) {
  return cell && cell->n >= kEnoughSeeds && cell->mean && cell->std_dev;
}

std::string measured_text(const Cell* cell) {
  if (!cell || cell->n == 0) return "no run";
  return mean_and_std(*cell) + " (n = " + std::to_string(cell->n) + ")";
}

PairedDifference paired_difference(const std::vector<RunRow>& runs, const Cell& higher,
                                   const Cell& lower) {
  const auto upper = auc_by_seed(runs, higher), base = auc_by_seed(runs, lower);
  std::vector<double> differences;
  for (const auto& [seed, auc] : upper) {
    if (const auto other = base.find(seed); other != base.end()) {
      differences.push_back(auc - other->second);
    }
  }
  PairedDifference result;
  result.pairs = static_cast<int>(differences.size());
  if (differences.empty()) return result;
  const double count = static_cast<double>(differences.size());
  for (const double difference : differences) result.mean += difference / count;
  double squares = 0;
  for (const double difference : differences) {
    squares += (difference - result.mean) * (difference - result.mean);
  }
  if (count > 1) result.standard_error = std::sqrt(squares / (count - 1) / count);
  return result;
}

std::string difference_text(const PairedDifference& difference) {
  if (difference.pairs == 0) return "no seed in common";
  if (!difference.standard_error) return signed_points(difference.mean) + " (one paired seed)";
  return signed_points(difference.mean) + " ± " + points(*difference.standard_error) +
         " (standard error over " + std::to_string(difference.pairs) + " paired seeds)";
}

}  // namespace radsweep::report
