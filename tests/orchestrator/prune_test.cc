#include "orchestrator/prune.h"

#include <doctest/doctest.h>

#include <limits>

using namespace radsweep::orchestrator;
using Mode = Pruner::Mode;
using Curve = Pruner::Curve;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// Runs 1, 2, ... with one value each, of this epoch.
Pruner with_runs(const PruneRule& rule, Mode mode, int epoch, const std::vector<double>& values) {
  Pruner pruner(rule, mode);
  for (std::size_t run = 0; run < values.size(); ++run) {
    pruner.take_in(static_cast<std::int64_t>(run) + 1, {{epoch, values[run]}});
  }
  return pruner;
}

}  // namespace

TEST_CASE("median: below the median of the others is stopped, with the numbers") {
  Pruner pruner = with_runs(MedianRule{3, 4}, Mode::max, 3, {0.8, 0.7, 0.9, 0.76});
  pruner.take_in(5, {{3, 0.713}});
  CHECK(pruner.judge(5, {}).value_or("nothing") ==
        "epoch 3: 0.713 is below 0.78, the median of 4 other runs");  // of 0.76 and 0.8
  CHECK_FALSE(pruner.judge(3, {}));
  pruner.take_in(6, {{3, 0.81}});
  CHECK_FALSE(pruner.judge(6, {}));
}

TEST_CASE("median: who equals it goes on") {
  Pruner pruner = with_runs(MedianRule{0, 1}, Mode::max, 0, {0.5, 0.6, 0.7, 0.6});
  CHECK_FALSE(pruner.judge(4, {}));
}

TEST_CASE("median: mode min stops what is above") {
  Pruner pruner = with_runs(MedianRule{0, 2}, Mode::min, 0, {1.0, 2.0, 3.0});
  CHECK_FALSE(pruner.judge(1, {}));
  CHECK(pruner.judge(3, {}).value_or("nothing") ==
        "epoch 0: 3 is above 1.5, the median of 2 other runs");
}

TEST_CASE("median: neither warm-up epochs nor too few other runs are judged") {
  Pruner early = with_runs(MedianRule{3, 1}, Mode::max, 2, {0.9, 0.1});
  CHECK_FALSE(early.judge(2, {}));
  Pruner few = with_runs(MedianRule{3, 2}, Mode::max, 3, {0.9, 0.1});
  CHECK_FALSE(few.judge(2, {}));
  few.take_in(3, {{2, 0.9}});  // did not get as far
  few.take_in(2, {{3, 0.1}, {4, 0.1}});
  CHECK_FALSE(few.judge(2, {}));
}

TEST_CASE("median: the best so far counts, not the newest, and what others had at that epoch") {
  Pruner pruner(MedianRule{0, 1}, Mode::max);
  pruner.take_in(1, {{0, 0.5}, {1, 0.6}, {2, 0.9}});  // at epoch 1 it had 0.6
  pruner.take_in(2, {{0, 0.7}, {1, 0.1}});
  CHECK_FALSE(pruner.judge(2, {}));
  pruner.take_in(2, {{0, 0.7}, {1, 0.1}, {2, 0.8}});
  CHECK(pruner.judge(2, {}).value_or("nothing") ==
        "epoch 2: 0.8 is below 0.9, the median of 1 other run");
}

TEST_CASE("median: runs that were given up are left out") {
  Pruner pruner = with_runs(MedianRule{0, 2}, Mode::max, 0, {0.2, 0.3, 0.8, 0.9, 0.5});
  CHECK_FALSE(Pruner(pruner).judge(5, {4}));           // 0.3 of the others
  CHECK(Pruner(pruner).judge(5, {1, 2}).has_value());  // 0.85
  CHECK_FALSE(Pruner(pruner).judge(5, {1, 2, 3}));     // one other only
  CHECK(Pruner(pruner).judge(5, {1}).has_value());     // 0.8
}

TEST_CASE("what is not a number is as good as not told") {
  Pruner pruner = with_runs(MedianRule{0, 1}, Mode::max, 0, {0.9, kNaN, 0.8});
  CHECK_FALSE(pruner.judge(2, {}));
  CHECK_FALSE(pruner.newest_epoch(2));
  CHECK(pruner.judge(3, {}).value_or("nothing") ==
        "epoch 0: 0.8 is below 0.9, the median of 1 other run");
  pruner.take_in(2, {{0, kNaN}, {1, 0.95}});  // counts from epoch 1 on
  pruner.take_in(4, {{0, 0.89}});
  CHECK_FALSE(pruner.judge(4, {}));  // 0.85 of 0.9 and 0.8
}

TEST_CASE("an epoch is judged once, and none that was skipped") {
  Pruner pruner = with_runs(MedianRule{0, 1}, Mode::max, 0, {0.9, 0.1});
  pruner.skip(2);
  CHECK_FALSE(pruner.judge(2, {}));
  pruner.take_in(2, {{0, 0.1}, {1, 0.2}});
  CHECK_FALSE(pruner.judge(2, {}));  // nobody else is there
  pruner.take_in(1, {{0, 0.9}, {1, 0.9}});
  CHECK_FALSE(pruner.judge(2, {}));
  pruner.take_in(1, {{2, 0.9}});
  pruner.take_in(2, {{0, 0.1}, {1, 0.2}, {2, 0.2}});
  CHECK(pruner.judge(2, {}).has_value());
  CHECK_FALSE(pruner.judge(7, {}));  // never heard of
}

TEST_CASE("numbers that look alike are told with the digits that differ") {
  Pruner pruner = with_runs(MedianRule{0, 1}, Mode::max, 0, {0.800001, 0.8});
  CHECK(pruner.judge(2, {}).value_or("nothing") ==
        "epoch 0: 0.8 is below 0.800001, the median of 1 other run");
}

TEST_CASE("asha: after the first epochs of a rung the best third of those there goes on") {
  // rungs after 1, 3 and 9 epochs: epochs 0, 2 and 8
  Pruner pruner = with_runs(AshaRule{1, 3}, Mode::max, 0, {0.5});
  CHECK_FALSE(pruner.judge(1, {}));  // the first one there
  pruner.take_in(2, {{0, 0.4}});
  CHECK(pruner.judge(2, {}).value_or("nothing") ==
        "epoch 0: 0.4 is below 0.5, which is needed to be among the best 1 of 2 runs");
  pruner.take_in(3, {{0, 0.6}});
  CHECK_FALSE(pruner.judge(3, {}));
  for (int run = 4; run <= 5; ++run) pruner.take_in(run, {{0, 0.1}});
  pruner.take_in(6, {{0, 0.5}});
  CHECK_FALSE(pruner.judge(6, {2, 4, 5}));  // second of six, as good as run 1; stopped ones count
  pruner.take_in(7, {{0, 0.49}});
  CHECK(pruner.judge(7, {}).value_or("nothing") ==
        "epoch 0: 0.49 is below 0.5, which is needed to be among the best 2 of 7 runs");
}

TEST_CASE("asha: between rungs nothing is judged, and a rung that was passed unseen is") {
  Pruner pruner(AshaRule{1, 3}, Mode::min);
  pruner.take_in(1, {{0, 1.0}, {1, 0.5}, {2, 0.2}, {3, 0.1}});
  CHECK_FALSE(pruner.judge(1, {}));
  pruner.take_in(2, {{0, 0.9}});
  CHECK_FALSE(pruner.judge(2, {}));
  pruner.take_in(2, {{0, 0.9}, {1, 0.9}});
  CHECK_FALSE(pruner.judge(2, {}));
  pruner.take_in(2, {{0, 0.9}, {1, 0.9}, {2, 0.8}, {3, 0.01}});  // too late
  CHECK(pruner.judge(2, {}).value_or("nothing") ==
        "epoch 2: 0.8 is above 0.2, which is needed to be among the best 1 of 2 runs");
}

TEST_CASE("asha: min_epochs is the first rung") {
  Pruner pruner = with_runs(AshaRule{2, 2}, Mode::max, 0, {0.9, 0.1});
  CHECK_FALSE(pruner.judge(2, {}));
  pruner.take_in(1, {{0, 0.9}, {1, 0.9}});
  pruner.take_in(2, {{0, 0.1}, {1, 0.1}});
  CHECK(pruner.judge(2, {}).has_value());
}

TEST_CASE("a program that calls its first epoch 1 is judged as one that calls it 0") {
  for (const int first : {0, 1}) {
    CAPTURE(first);
    const std::string at = "epoch " + std::to_string(first);
    Pruner asha = with_runs(AshaRule{1, 3}, Mode::max, first, {0.9, 0.1});
    CHECK(asha.judge(2, {}).value_or("nothing").find(at + ": 0.1 is below 0.9") == 0);
    Pruner median = with_runs(MedianRule{1, 1}, Mode::max, first, {0.9, 0.1});
    CHECK_FALSE(median.judge(2, {}));  // the epoch of the warm-up
  }
}
