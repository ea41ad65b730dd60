#include "orchestrator/report/orderings.h"

#include <algorithm>
#include <map>

#include "orchestrator/report/number_text.h"

namespace radsweep::report {
namespace {

using Group = std::vector<const Cell*>;  // one architecture and variant, by resolution

std::vector<Group> groups_of(const std::vector<Cell>& cells) {
  std::vector<Group> groups;
  for (const Cell& cell : cells) {
    const bool same = !groups.empty() && groups.back().back()->architecture == cell.architecture &&
                      groups.back().back()->variant == cell.variant;
    if (!same) groups.emplace_back();
    groups.back().push_back(&cell);
  }
  return groups;
}

std::string name_of(const Cell& cell) {
  return series_name(cell.architecture, cell.variant);
}

// "61.20 at 32, 80.10 at 48": the means, or the standard deviations, along a group.
std::string values_along(const Group& group, std::optional<double> Cell::*value) {
  std::string text;
  for (const Cell* cell : group) {
    if (!(cell->*value)) continue;
    text += (text.empty() ? "" : ", ") + points(*(cell->*value)) + " at " +
            std::to_string(cell->resolution);
  }
  return text;
}

Statement rises(const Group& group, std::optional<double> Cell::*value, const char* what) {
  Statement statement{name_of(*group.front()) + ": the " + what + " rises with resolution.",
                      values_along(group, value)};
  if (!std::all_of(group.begin(), group.end(), is_enough)) return statement;
  const bool ascending =
      std::adjacent_find(group.begin(), group.end(), [value](const Cell* a, const Cell* b) {
        return *(b->*value) <= *(a->*value);
      }) == group.end();
  statement.verdict = ascending ? Verdict::holds : Verdict::does_not_hold;
  return statement;
}

// From the lowest to the highest resolution, with the seeds paired.
Statement whole_gain(const Group& group, const std::vector<RunRow>& runs) {
  const Cell &low = *group.front(), &high = *group.back();
  Statement statement{name_of(low) + ": the gain from " + std::to_string(low.resolution) + " to " +
                          std::to_string(high.resolution) +
                          " is positive by more than two standard errors.",
                      ""};
  const PairedDifference paired = paired_difference(runs, high, low);
  statement.measured = difference_text(paired);
  if (!is_enough(&low) || !is_enough(&high) || !paired.standard_error) return statement;
  statement.verdict =
      paired.mean > 2 * *paired.standard_error ? Verdict::holds : Verdict::does_not_hold;
  return statement;
}

Statement ahead(const Cell& first, const Cell& second, const std::vector<RunRow>& runs) {
  const PairedDifference paired = paired_difference(runs, second, first);
  Statement statement{name_of(second) + " and " + name_of(first) + " differ at " +
                          std::to_string(first.resolution) + " by more than two standard errors.",
                      name_of(second) + " − " + name_of(first) + ": " + difference_text(paired)};
  if (!is_enough(&first) || !is_enough(&second) || !paired.standard_error) return statement;
  const bool apart = std::max(paired.mean, -paired.mean) > 2 * *paired.standard_error;
  statement.verdict = apart ? Verdict::holds : Verdict::does_not_hold;
  return statement;
}

}  // namespace

std::vector<Statement> general_orderings(const std::vector<Cell>& cells,
                                         const std::vector<RunRow>& runs) {
  std::vector<Statement> statements;
  for (const Group& group : groups_of(cells)) {
    if (group.size() < 2) continue;
    statements.push_back(rises(group, &Cell::mean, "mean AUC"));
    statements.push_back(whole_gain(group, runs));
    statements.push_back(rises(group, &Cell::std_dev, "standard deviation"));
  }
  std::map<int, Group> by_resolution;
  for (const Cell& cell : cells) by_resolution[cell.resolution].push_back(&cell);
  constexpr std::size_t kMaxPairs = 8;  // of one resolution: grids with many variants stay readable
  for (const auto& [resolution, group] : by_resolution) {
    for (std::size_t i = 0; i + 1 < group.size() && i < kMaxPairs; ++i) {
      statements.push_back(ahead(*group[i], *group[i + 1], runs));
    }
  }
  return statements;
}

}  // namespace radsweep::report
