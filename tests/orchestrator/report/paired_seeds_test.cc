#include "orchestrator/report/paired_seeds.h"

#include <doctest/doctest.h>

#include "orchestrator/report/statement.h"

using namespace radsweep::report;

namespace {

struct Cells {
  Cell upper, lower;
  std::vector<RunRow> runs;

  Cells(const std::vector<double>& higher, const std::vector<double>& base) {
    upper.resolution = 2;
    lower.resolution = 1;
    upper.architecture = lower.architecture = "a";
    add(2, higher);
    add(1, base);
  }
  void add(int resolution, const std::vector<double>& aucs) {
    for (std::size_t i = 0; i < aucs.size(); ++i) {
      RunRow run;
      run.resolution = resolution;
      run.architecture = "a";
      run.seed = static_cast<std::int64_t>(i);
      run.state = "done";
      run.best_auc = aucs[i];
      runs.push_back(run);
    }
  }
  PairedDifference difference() const { return paired_difference(runs, upper, lower); }
};

// Expected values: scipy 1.17.1, stats.t.interval, and stats.pearsonr of sums and differences.
const Cells kFive({.80, .82, .81, .85, .79}, {.801, .812, .806, .819, .809});

}  // namespace

TEST_CASE("paired differences have Student's interval") {
  const PairedDifference difference = kFive.difference();
  CHECK(difference.pairs == 5);
  CHECK(difference.mean == doctest::Approx(0.004599999999999982).epsilon(1e-9));
  CHECK(*difference.standard_error == doctest::Approx(0.008053570636680357).epsilon(1e-9));
  CHECK(difference.interval->low == doctest::Approx(-0.017760296773575872).epsilon(1e-9));
  CHECK(difference.interval->high == doctest::Approx(0.026960296773575837).epsilon(1e-9));
}

TEST_CASE("paired differences use only seeds that both cells have") {
  Cells cells({.51, .53, .52, .55, .56}, {.50, .49, .51, .50, .50});
  cells.runs[6].best_auc.reset();  // seed 1 of the lower cell
  cells.runs[4].state = "failed";  // seed 4 of the upper cell
  const PairedDifference difference = cells.difference();
  CHECK(difference.pairs == 3);  // seeds 0, 2, 3: +1, +1, +5
  CHECK(difference.mean == doctest::Approx(0.07 / 3));
}

TEST_CASE("one pair has no interval, and no pair is no difference") {
  CHECK_FALSE(Cells({.6}, {.5}).difference().interval);
  CHECK(difference_text(Cells({.6}, {.5}).difference()) == "+10.00 (one paired seed)");
  CHECK(difference_text(Cells({.6}, {}).difference()) == "no seed in common");
}

TEST_CASE("a cell may stand on both sides of a contrast") {
  Cells cells({.6, .7, .9}, {.5, .5, .5});
  const auto twice = seed_contrast(
      cells.runs, {{&cells.upper, 1}, {&cells.lower, -1}, {&cells.lower, -1}, {&cells.upper, 1}});
  CHECK(twice.pairs == 3);
  CHECK(twice.mean == doctest::Approx(2 * cells.difference().mean));
}

TEST_CASE("a sign is decided by an interval that leaves out 0, from three pairs on") {
  CHECK(is_positive(Cells({.60, .61, .62}, {.50, .51, .53}).difference()) == Verdict::holds);
  CHECK(is_negative(Cells({.60, .61, .62}, {.50, .51, .53}).difference()) ==
        Verdict::does_not_hold);
  CHECK(is_negative(Cells({.50, .51, .53}, {.60, .61, .62}).difference()) == Verdict::holds);
  CHECK(is_positive(Cells({.60, .40, .62}, {.50, .51, .53}).difference()) ==
        Verdict::not_enough_data);
  CHECK(is_positive(Cells({.60, .61}, {.50, .51}).difference()) == Verdict::not_enough_data);
}

TEST_CASE("the larger spread is decided by how sums and differences go together") {
  CHECK(*spread_evidence(kFive.runs, kFive.upper, kFive.lower) ==
        doctest::Approx(1.4513942780863087).epsilon(1e-9));
  CHECK(*spread_evidence(kFive.runs, kFive.lower, kFive.upper) ==
        doctest::Approx(-1.4513942780863087).epsilon(1e-9));
  const Cells equal({.5, .6, .7}, {.5, .6, .7});
  CHECK_FALSE(spread_evidence(equal.runs, equal.upper, equal.lower));
  CHECK(spread_is_larger(equal.runs, equal.upper, equal.lower) == Verdict::not_enough_data);
}

TEST_CASE("a claim of parts is refuted by one and held by all") {
  using enum Verdict;
  CHECK(all_of({holds, holds}) == holds);
  CHECK(all_of({holds, not_enough_data}) == not_enough_data);
  CHECK(all_of({not_enough_data, does_not_hold}) == does_not_hold);
  CHECK(all_of({}) == not_enough_data);
}
