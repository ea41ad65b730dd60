#include "orchestrator/report/paper_statements.h"

#include <algorithm>
#include <array>

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
  if (!all_enough(cells)) return statement;
  const Cell* claimed = paper.at(kLarge, 480);
  std::vector<Verdict> ahead;
  for (const Cell* cell : cells) {
    if (cell == claimed) continue;
    ahead.push_back(is_positive(paired_difference(paper.runs(), *claimed, *cell)));
  }
  statement.verdict = all_of(ahead);
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
  const PairedDifference gain = paired_difference(paper.runs(), *upper, *lower);
  statement.measured = signed_points(*upper->mean - *lower->mean) + "; by seed " +
                       difference_text(gain) + "; holds when +1.63 is possible and 0 is not";
  if (!gain.interval || gain.pairs < kEnoughSeeds) return statement;
  const bool possible =
      gain.interval->low <= kPublishedGain && kPublishedGain <= gain.interval->high;
  statement.verdict = possible ? is_positive(gain) : Verdict::does_not_hold;
  return statement;
}

Statement largest_gain(const PaperCells& paper) {
  Statement statement{"The largest gain of any step is that of densenet161 from 320 to 480.", ""};
  struct Step {
    const Cell *lower, *upper;
    double gain() const { return *upper->mean - *lower->mean; }
  };
  std::vector<Step> steps;
  for (const char* architecture : {kSmall, kLarge}) {
    for (std::size_t i = 0; i + 1 < kResolutions.size(); ++i) {
      const Step step{paper.at(architecture, kResolutions[i]),
                      paper.at(architecture, kResolutions[i + 1])};
      if (step.lower && step.upper && step.lower->mean && step.upper->mean) steps.push_back(step);
    }
  }
  if (steps.empty()) return statement;
  const Step& largest = *std::ranges::max_element(steps, {}, &Step::gain);
  statement.measured =
      "largest: " + signed_points(largest.gain()) + ", from " + short_name(*largest.lower) + " up";
  if (!all_enough(paper.all())) return statement;
  const Step& claimed = steps.back();
  std::vector<Verdict> larger;
  for (const Step& step : steps) {
    if (&step == &claimed) continue;
    larger.push_back(is_positive(seed_contrast(
        paper.runs(),
        {{claimed.upper, 1}, {claimed.lower, -1}, {step.upper, -1}, {step.lower, 1}})));
  }
  statement.verdict = all_of(larger);
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
  statement.verdict = large_ahead ? is_positive(paired) : is_negative(paired);
  return statement;
}

Statement spread_grows(const PaperCells& paper, const char* architecture) {
  Statement statement{std::string(architecture) + ": the standard deviation grows with resolution.",
                      ""};
  std::vector<Verdict> steps;
  const Cell* previous = nullptr;
  for (const int resolution : kResolutions) {
    const Cell* cell = paper.at(architecture, resolution);
    if (!cell || !cell->std_dev) continue;
    statement.measured += (statement.measured.empty() ? "" : ", ") + points(*cell->std_dev) +
                          " at " + std::to_string(cell->resolution);
    if (previous) steps.push_back(spread_is_larger(paper.runs(), *cell, *previous));
    previous = cell;
  }
  if (steps.size() + 1 == kResolutions.size()) statement.verdict = all_of(steps);
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
