#include "orchestrator/report/orderings.h"

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

// `step`: the verdict on one resolution and the one below it.
template <typename Step>
Statement rises(const Group& group, std::optional<double> Cell::*value, const char* what,
                Step&& step) {
  Statement statement{name_of(*group.front()) + ": the " + what + " rises with resolution.",
                      values_along(group, value)};
  std::vector<Verdict> parts;
  for (std::size_t i = 1; i < group.size(); ++i) parts.push_back(step(*group[i], *group[i - 1]));
  statement.verdict = all_of(parts);
  return statement;
}

// From the lowest to the highest resolution, with the seeds paired.
Statement whole_gain(const Group& group, const std::vector<RunRow>& runs) {
  const Cell &low = *group.front(), &high = *group.back();
  Statement statement{name_of(low) + ": the gain from " + std::to_string(low.resolution) + " to " +
                          std::to_string(high.resolution) + " is positive.",
                      ""};
  const PairedDifference paired = paired_difference(runs, high, low);
  statement.measured = difference_text(paired);
  statement.verdict = is_positive(paired);
  return statement;
}

Statement ahead(const Cell& first, const Cell& second, const std::vector<RunRow>& runs) {
  const PairedDifference paired = paired_difference(runs, second, first);
  Statement statement{name_of(second) + " is ahead of " + name_of(first) + " at " +
                          std::to_string(first.resolution) + ".",
                      name_of(second) + " − " + name_of(first) + ": " + difference_text(paired)};
  statement.verdict = is_positive(paired);
  return statement;
}

}  // namespace

std::vector<Statement> general_orderings(const std::vector<Cell>& cells,
                                         const std::vector<RunRow>& runs) {
  std::vector<Statement> statements;
  for (const Group& group : groups_of(cells)) {
    if (group.size() < 2) continue;
    statements.push_back(
        rises(group, &Cell::mean, "mean AUC", [&runs](const Cell& upper, const Cell& lower) {
          return is_positive(paired_difference(runs, upper, lower));
        }));
    statements.push_back(whole_gain(group, runs));
    statements.push_back(rises(group, &Cell::std_dev, "standard deviation",
                               [&runs](const Cell& upper, const Cell& lower) {
                                 return spread_is_larger(runs, upper, lower);
                               }));
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
