#include "orchestrator/report/comparisons.h"

#include <map>

namespace radsweep::report {
namespace {

Comparison compare(const Cell& first, const Cell& second, const std::vector<RunRow>& runs) {
  Comparison result{&first, &second, paired_difference(runs, first, second), std::nullopt};
  if (first.ensemble && second.ensemble) {
    const StudyScores &a = first.ensemble->scores, &b = second.ensemble->scores;
    if (same_studies(a, b)) result.ensembles = delong_difference(a.labels, a.logits, b.logits);
  }
  return result;
}

using Cells = std::vector<const Cell*>;

// One architecture and variant each, by resolution.
std::vector<Cells> series_of(const Cells& cells) {
  std::vector<Cells> series;
  for (const Cell* cell : cells) {
    const bool same = !series.empty() && series.back().back()->architecture == cell->architecture &&
                      series.back().back()->variant == cell->variant;
    if (!same) series.emplace_back();
    series.back().push_back(cell);
  }
  return series;
}

}  // namespace

std::vector<Comparison> comparisons(const std::vector<Cell>& cells,
                                    const std::vector<RunRow>& runs) {
  Cells measured;
  std::map<int, Cells> by_resolution;
  for (const Cell& cell : cells) {
    if (!cell.mean) continue;
    measured.push_back(&cell);
    by_resolution[cell.resolution].push_back(&cell);
  }
  std::vector<Comparison> result;
  for (const Cells& series : series_of(measured)) {
    for (std::size_t i = 1; i < series.size(); ++i) {
      result.push_back(compare(*series[i], *series[i - 1], runs));
    }
    if (series.size() > 2) result.push_back(compare(*series.back(), *series.front(), runs));
  }
  constexpr std::size_t kMostPairs = 8;  // of one resolution, as in general_orderings
  for (const auto& [resolution, same] : by_resolution) {
    for (std::size_t i = 1; i < same.size() && i <= kMostPairs; ++i) {
      result.push_back(compare(*same[i], *same[i - 1], runs));
    }
  }
  return result;
}

}  // namespace radsweep::report
