#include "orchestrator/report/statement.h"

#include <algorithm>
#include <cmath>

#include "orchestrator/report/number_text.h"

namespace radsweep::report {

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

Verdict is_positive(const PairedDifference& difference) {
  if (!difference.interval || difference.pairs < kEnoughSeeds) return Verdict::not_enough_data;
  if (difference.interval->low > 0) return Verdict::holds;
  if (difference.interval->high < 0) return Verdict::does_not_hold;
  return Verdict::not_enough_data;
}

Verdict is_negative(const PairedDifference& difference) {
  const Verdict opposite = is_positive(difference);
  if (opposite == Verdict::not_enough_data) return opposite;
  return opposite == Verdict::holds ? Verdict::does_not_hold : Verdict::holds;
}

Verdict spread_is_larger(const std::vector<RunRow>& runs, const Cell& higher, const Cell& lower) {
  const auto evidence = spread_evidence(runs, higher, lower);
  if (!evidence || std::abs(*evidence) < 1) return Verdict::not_enough_data;
  return *evidence > 0 ? Verdict::holds : Verdict::does_not_hold;
}

Verdict all_of(const std::vector<Verdict>& parts) {
  const auto has = [&parts](Verdict wanted) { return std::ranges::count(parts, wanted) > 0; };
  if (has(Verdict::does_not_hold)) return Verdict::does_not_hold;
  return has(Verdict::not_enough_data) || parts.empty() ? Verdict::not_enough_data : Verdict::holds;
}

}  // namespace radsweep::report
