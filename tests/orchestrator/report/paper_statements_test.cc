#include "orchestrator/report/paper_statements.h"

#include <doctest/doctest.h>

#include <cmath>
#include <map>

#include "orchestrator/report/orderings.h"

using namespace radsweep::report;

namespace {

struct Grid {
  std::vector<Cell> cells;
  std::vector<RunRow> runs;

  // Five seeds around `mean` whose spread is `spread`, both in points.
  void add(const std::string& architecture, int resolution, double mean, double spread) {
    Cell cell;
    cell.resolution = resolution;
    cell.architecture = architecture;
    cell.n = 5;
    for (int seed = 1; seed <= 5; ++seed) {
      RunRow run;
      run.name = std::to_string(resolution) + "-" + architecture + "-s" + std::to_string(seed);
      run.resolution = resolution;
      run.architecture = architecture;
      run.seed = seed;
      run.state = "done";
      run.best_auc = (mean + spread * (seed - 3)) / 100;
      runs.push_back(run);
    }
    cell.mean = mean / 100;
    cell.std_dev = spread * std::sqrt(2.5) / 100;  // of -2, -1, 0, 1, 2
    cell.min = (mean - 2 * spread) / 100;
    cell.max = (mean + 2 * spread) / 100;
    cell.best_run = runs.back().name;
    cells.push_back(cell);
  }
};

// As the paper tells it; its figure's numbers are not known, these only have its orderings.
Grid as_published() {
  Grid grid;
  grid.add("densenet121", 160, 80.5, 0.2);
  grid.add("densenet121", 320, 81.6, 0.4);
  grid.add("densenet121", 480, 82.4, 0.6);
  grid.add("densenet161", 160, 80.2, 0.2);
  grid.add("densenet161", 320, 81.5, 0.4);
  grid.add("densenet161", 480, 83.13, 0.7);
  return grid;
}

std::map<std::string, Verdict> verdicts(const Grid& grid) {
  std::map<std::string, Verdict> result;
  for (const Statement& statement : paper_statements(grid.cells, grid.runs)) {
    result[statement.claim] = statement.verdict;
  }
  return result;
}

}  // namespace

TEST_CASE("a sweep with the paper's orderings makes all its statements hold") {
  const Grid grid = as_published();
  const auto statements = paper_statements(grid.cells, grid.runs);
  CHECK(statements.size() == 9);
  for (const Statement& statement : statements) {
    INFO(statement.claim, " / ", statement.measured);
    CHECK(statement.verdict == Verdict::holds);
    CHECK(statement.measured != "");
  }
}

TEST_CASE("a sweep with the opposite orderings makes all the paper's statements fail") {
  Grid grid;
  grid.add("densenet121", 160, 82.0, 0.6);
  grid.add("densenet121", 320, 84.0, 0.4);
  grid.add("densenet121", 480, 86.9, 0.2);
  grid.add("densenet161", 160, 84.2, 0.6);
  grid.add("densenet161", 320, 84.1, 0.4);
  grid.add("densenet161", 480, 84.0, 0.2);
  for (const auto& [claim, verdict] : verdicts(grid)) {
    INFO(claim);
    CHECK(verdict == Verdict::does_not_hold);
  }
}

TEST_CASE("the published gain needs to lie in the measured one's interval") {
  Grid grid = as_published();
  grid.cells[5].mean = 0.8713;
  for (std::size_t i = 25; i < 30; ++i) *grid.runs[i].best_auc += 0.04;
  const auto result = verdicts(grid);
  CHECK(result.at("densenet161: mean(480) − mean(320) = +1.63.") == Verdict::does_not_hold);
  CHECK(result.at("The highest mean is densenet161 at 480.") == Verdict::holds);
}

// The same means with seeds that disagree: by chance they could be ordered in any way.
TEST_CASE(
    "differences that other seeds could turn around decide nothing, however large the error") {
  Grid grid = as_published();
  const double noise[] = {0.03, -0.05, 0.02, 0.04,
                          -0.04};  // of a seed's rank, another in each cell
  for (std::size_t i = 0; i < grid.runs.size(); ++i) {
    *grid.runs[i].best_auc += noise[(i + 2 * (i / 5)) % 5];
  }
  for (const auto& [claim, verdict] : verdicts(grid)) {
    INFO(claim);
    if (claim == "The best single run is a densenet161 at 480 (84.70).")
      continue;  // was run or not
    CHECK(verdict == Verdict::not_enough_data);
  }
}

TEST_CASE("too few seeds decide nothing, and only where they are involved") {
  Grid grid = as_published();
  grid.cells[0].n = kEnoughSeeds - 1;  // densenet121 at 160
  for (std::size_t seed = 0; seed < 3; ++seed) grid.runs[seed].state = "failed";
  const auto result = verdicts(grid);
  CHECK(result.at("densenet121 ≥ densenet161 at 160.") == Verdict::not_enough_data);
  CHECK(result.at("The highest mean is densenet161 at 480.") == Verdict::not_enough_data);
  CHECK(result.at("densenet121 ≥ densenet161 at 320.") == Verdict::holds);
  CHECK(result.at("densenet161: the standard deviation grows with resolution.") == Verdict::holds);
}

TEST_CASE("another grid gives not enough data for the paper and its own orderings instead") {
  Grid grid;
  grid.add("small", 32, 66, 1);
  grid.add("small", 48, 90, 2);
  grid.add("small", 64, 95, 1);
  grid.add("wide", 32, 66.1, 1);
  grid.add("wide", 48, 91, 2);
  grid.add("wide", 64, 97, 3);
  CHECK_FALSE(is_paper_grid(grid.cells));
  CHECK(is_paper_grid(as_published().cells));
  for (const auto& [claim, verdict] : verdicts(grid)) CHECK(verdict == Verdict::not_enough_data);

  std::map<std::string, Statement> found;
  for (const Statement& statement : general_orderings(grid.cells, grid.runs)) {
    found[statement.claim] = statement;
  }
  CHECK(found.at("small: the mean AUC rises with resolution.").verdict == Verdict::holds);
  CHECK(found.at("small: the standard deviation rises with resolution.").verdict ==
        Verdict::does_not_hold);
  const Statement& gain = found.at("small: the gain from 32 to 64 is positive.");
  CHECK(gain.verdict == Verdict::holds);
  CHECK(gain.measured ==
        "+29.00 ± 0.00 (standard error over 5 paired seeds, 95 %: +29.00 to +29.00)");
  CHECK(found.at("wide is ahead of small at 48.").verdict == Verdict::holds);
}

TEST_CASE("a variant is not the paper's recipe") {
  Grid grid = as_published();
  for (Cell& cell : grid.cells) cell.variant = "base_lr=0.1";
  CHECK_FALSE(is_paper_grid(grid.cells));
}
