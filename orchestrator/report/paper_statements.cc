#include "orchestrator/report/paper_statements.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "orchestrator/report/number_text.h"

namespace radsweep::report {
namespace {

constexpr std::array kResolutions = {160, 320, 480};
constexpr const char* kSmall = "densenet121";
constexpr const char* kLarge = "densenet161";
constexpr double kPublishedGain = 0.0163;  // densenet161, mean(480) - mean(320)

// The cells the paper speaks of; nullptr where this sweep has none.
class PaperCells {
 public:
  PaperCells(const std::vector<Cell>& cells, const std::vector<RunRow>& runs)
      : cells_(cells), runs_(runs) {}

  const Cell* at(const std::string& architecture, int resolution) const {
    for (const Cell& cell : cells_) {
      if (cell.resolution == resolution && cell.architecture == architecture &&
          cell.variant.empty()) {
        return &cell;
      }
    }
    return nullptr;
  }
  std::vector<const Cell*> all() const {
    std::vector<const Cell*> found;
    for (const char* architecture : {kSmall, kLarge}) {
      for (const int resolution : kResolutions) found.push_back(at(architecture, resolution));
    }
    return found;
  }
  const std::vector<RunRow>& runs() const { return runs_; }

 private:
  const std::vector<Cell>& cells_;
  const std::vector<RunRow>& runs_;
};

bool all_enough(const std::vector<const Cell*>& cells) {
  return std::all_of(cells.begin(), cells.end(), is_enough);
}

Verdict decided(bool claim) {
  return claim ? Verdict::holds : Verdict::does_not_hold;
}

std::string short_name(const Cell& cell) {
  return cell.architecture + " at " + std::to_string(cell.resolution);
}

Statement highest_mean(const PaperCells& paper) {
  Statement statement{"The highest mean is densenet161 at 480.", ""};
  const auto cells = paper.all();
  const Cell* best = nullptr;
  for (const Cell* cell : cells) {
    if (cell && cell->mean && (!best || *cell->mean > *best->mean)) best = cell;
  }
  if (!best) return statement;
  statement.measured = "highest: " + short_name(*best) + ", " + measured_text(best);
  if (all_enough(cells)) statement.verdict = decided(best == paper.at(kLarge, 480));
  return statement;
}

Statement best_single_run(const PaperCells& paper) {
  Statement statement{"The best single run is a densenet161 at 480 (84.70).", ""};
  const auto cells = paper.all();
  const Cell* best = nullptr;
  for (const Cell* cell : cells) {
    if (cell && cell->max && (!best || *cell->max > *best->max)) best = cell;
  }
  if (!best) return statement;
  statement.measured = "best: " + best->best_run + ", " + points(*best->max);
  if (all_enough(cells)) statement.verdict = decided(best == paper.at(kLarge, 480));
  return statement;
}

Statement gain_of_large(const PaperCells& paper) {
  Statement statement{"densenet161: mean(480) − mean(320) = +1.63.", ""};
  const Cell *upper = paper.at(kLarge, 480), *lower = paper.at(kLarge, 320);
  if (!upper || !lower || !upper->mean || !lower->mean) return statement;
  const double gain = *upper->mean - *lower->mean;
  const PairedDifference paired = paired_difference(paper.runs(), *upper, *lower);
  statement.measured = signed_points(gain) + "; by seed " + difference_text(paired) +
                       "; holds within two standard errors of +1.63";
  if (!is_enough(upper) || !is_enough(lower) || !paired.standard_error) return statement;
  statement.verdict =
      decided(gain > 0 && std::abs(paired.mean - kPublishedGain) <= 2 * *paired.standard_error);
  return statement;
}

Statement largest_gain(const PaperCells& paper) {
  Statement statement{"The largest gain of any step is that of densenet161 from 320 to 480.", ""};
  double largest = -1;
  const Cell* from = nullptr;
  for (const char* architecture : {kSmall, kLarge}) {
    for (std::size_t i = 0; i + 1 < kResolutions.size(); ++i) {
      const Cell* lower = paper.at(architecture, kResolutions[i]);
      const Cell* upper = paper.at(architecture, kResolutions[i + 1]);
      if (!lower || !upper || !lower->mean || !upper->mean) continue;
      const double gain = *upper->mean - *lower->mean;
      if (gain > largest) {
        largest = gain;
        from = lower;
      }
    }
  }
  if (!from) return statement;
  statement.measured = "largest: " + signed_points(largest) + ", from " + short_name(*from) + " up";
  if (all_enough(paper.all())) statement.verdict = decided(from == paper.at(kLarge, 320));
  return statement;
}

// The paper: the small one is at least as good at 160 and 320, the large one better at 480.
Statement small_against_large(const PaperCells& paper, int resolution) {
  const bool large_ahead = resolution == 480;
  Statement statement{
      std::string(large_ahead ? "densenet161 > densenet121" : "densenet121 ≥ densenet161") +
          " at " + std::to_string(resolution) + ".",
      ""};
  const Cell *small = paper.at(kSmall, resolution), *large = paper.at(kLarge, resolution);
  if (!small || !large || !small->mean || !large->mean) return statement;
  const PairedDifference paired = paired_difference(paper.runs(), *large, *small);
  statement.measured = "densenet121 " + measured_text(small) + ", densenet161 " +
                       measured_text(large) + "; 161 − 121 by seed " + difference_text(paired);
  if (!is_enough(small) || !is_enough(large)) return statement;
  statement.verdict =
      decided(large_ahead ? *large->mean > *small->mean : *small->mean >= *large->mean);
  return statement;
}

Statement spread_grows(const PaperCells& paper, const char* architecture) {
  Statement statement{std::string(architecture) + ": the standard deviation grows with resolution.",
                      ""};
  std::vector<const Cell*> cells;
  for (const int resolution : kResolutions) cells.push_back(paper.at(architecture, resolution));
  bool grows = true;
  const Cell* previous = nullptr;
  for (const Cell* cell : cells) {
    if (!cell || !cell->std_dev) continue;
    statement.measured += (statement.measured.empty() ? "" : ", ") + points(*cell->std_dev) +
                          " at " + std::to_string(cell->resolution);
    if (previous && *cell->std_dev <= *previous->std_dev) grows = false;
    previous = cell;
  }
  if (all_enough(cells)) statement.verdict = decided(grows);
  return statement;
}

}  // namespace

std::vector<Statement> paper_statements(const std::vector<Cell>& cells,
                                        const std::vector<RunRow>& runs) {
  const PaperCells paper(cells, runs);
  std::vector<Statement> statements = {highest_mean(paper), best_single_run(paper),
                                       gain_of_large(paper), largest_gain(paper)};
  for (const int resolution : kResolutions) {
    statements.push_back(small_against_large(paper, resolution));
  }
  for (const char* architecture : {kSmall, kLarge}) {
    statements.push_back(spread_grows(paper, architecture));
  }
  return statements;
}

bool is_paper_grid(const std::vector<Cell>& cells) {
  const std::vector<RunRow> no_runs;
  const auto found = PaperCells(cells, no_runs).all();
  return std::any_of(found.begin(), found.end(), [](const Cell* cell) { return cell != nullptr; });
}

}  // namespace radsweep::report
