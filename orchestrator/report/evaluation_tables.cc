#include "orchestrator/report/evaluation_tables.h"

#include "orchestrator/report/number_text.h"

namespace radsweep::report {
namespace {

std::string cells_text(const Cell& first, const Cell& second) {
  const std::string a = series_name(first.architecture, first.variant);
  const std::string b = series_name(second.architecture, second.variant);
  if (a == b) {
    return a + ": " + std::to_string(first.resolution) + " − " + std::to_string(second.resolution);
  }
  return "at " + std::to_string(first.resolution) + ": " + a + " − " + b;
}

std::string by_seed_text(const PairedDifference& difference) {
  if (difference.pairs == 0) return kNothing;
  const std::string mean = signed_points(difference.mean);
  return difference.standard_error ? mean + " ± " + points(*difference.standard_error) : mean;
}

std::string ensembles_text(const std::optional<DelongDifference>& difference) {
  if (!difference) return kNothing;
  const auto interval = normal_interval(*difference);
  const std::string middle = signed_points(difference->difference);
  if (!interval) return middle;
  return middle + " (" + signed_points(interval->low) + " to " + signed_points(interval->high) +
         ")";
}

}  // namespace

std::string interval_text(const std::optional<Interval>& interval) {
  return interval ? points(interval->low) + " – " + points(interval->high) : kNothing;
}

std::string ensemble_text(const Cell& cell) {
  if (!cell.ensemble) return kNothing;
  const std::string auc = points(cell.ensemble->auc);
  return cell.ensemble->interval ? auc + " (" + interval_text(cell.ensemble->interval) + ")" : auc;
}

std::string p_text(const std::optional<double>& p) {
  if (!p) return kNothing;
  return *p < 0.001 ? "< 0.001" : fixed(*p, 3);
}

std::vector<ComparisonText> comparison_texts(const std::vector<Comparison>& comparisons) {
  std::vector<ComparisonText> texts;
  for (const Comparison& one : comparisons) {
    texts.push_back({cells_text(*one.first, *one.second), by_seed_text(one.by_seed),
                     std::to_string(one.by_seed.pairs), ensembles_text(one.ensembles),
                     p_text(one.ensembles ? one.ensembles->p : std::nullopt)});
  }
  return texts;
}

}  // namespace radsweep::report
