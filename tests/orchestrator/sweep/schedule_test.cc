#include "orchestrator/sweep/schedule.h"

#include <doctest/doctest.h>

#include "base/error.h"

using namespace radsweep;
using namespace radsweep::orchestrator;

TEST_CASE("every run goes to the slot that is free first") {
  const Schedule schedule = simulate({7, 6, 5, 4, 3}, 2);
  CHECK(schedule.start == std::vector<double>{0, 0, 6, 7, 11});
  CHECK(schedule.slots == std::vector<std::vector<std::size_t>>{{0}, {1}, {1}, {0}, {0}});
  CHECK(schedule.makespan == 14);
}

TEST_CASE("whenever slots are free, the job that takes most of those that fit begins") {
  // 3 slots: the pair takes the first two, then the next pair waits for them; singles fill the
  // third
  const Schedule schedule = simulate({{9, 1}, {5, 2}, {4, 2}, {3, 1}}, 3);
  CHECK(schedule.start == std::vector<double>{0, 0, 5, 9});
  CHECK(schedule.slots == std::vector<std::vector<std::size_t>>{{2}, {0, 1}, {0, 1}, {0}});
  CHECK(schedule.makespan == 12);
  CHECK_THROWS_AS(simulate({{1, 4}}, 3), Error);
}

TEST_CASE("slots that are busy at first take a job when they are free, and count to the end") {
  const Schedule schedule = simulate({{1, 2}}, {0, 4, 2});
  CHECK(schedule.start == std::vector<double>{2});
  CHECK(schedule.slots == std::vector<std::vector<std::size_t>>{{0, 2}});
  CHECK(schedule.makespan == 4);
}

TEST_CASE("longest first is shorter than shortest first when it matters") {
  CHECK(simulate({10, 5, 5}, 2).makespan == 10);
  CHECK(simulate({5, 5, 10}, 2).makespan == 15);
}

TEST_CASE("longest first keeps Graham's bound at its worst case") {
  // the example that attains 4/3 - 1/(3m) for m = 3: optimum 9
  CHECK(simulate({5, 5, 4, 4, 3, 3, 3}, 3).makespan == 11);
}

TEST_CASE("more slots than runs take as long as the longest run, none nothing") {
  CHECK(simulate({3, 2}, 8).makespan == 3);
  CHECK(simulate({}, 2).makespan == 0);
  CHECK_THROWS_AS(simulate({1}, 0), Error);
}

TEST_CASE("no schedule is shorter than an equal share, the longest run, or two that must share") {
  CHECK(shortest_conceivable({3, 3}, 1) == 6);
  CHECK(shortest_conceivable({5, 1, 1}, 2) == 5);
  CHECK(shortest_conceivable({3, 3, 3}, 2) == 6);
  CHECK(shortest_conceivable({}, 2) == 0);
  CHECK(shortest_conceivable({{3, 2}, {2, 1}}, 2) == 5);  // the two of the pair, and two that share
}

// tests/bench/ORCHESTRATION.md has the figures, and those of the best possible schedules.
TEST_CASE("the order of the queue takes the 30 runs of the paper near the shortest time") {
  std::vector<Job> costs;  // densenet161 and 121 at 480, 320, 160 px, relative
  for (const double cost : {24.54, 10.91, 9.0, 4.0, 2.73, 1.0}) costs.insert(costs.end(), 5, cost);
  for (std::size_t gpus = 2; gpus <= 16; ++gpus) {
    CAPTURE(gpus);
    CHECK(simulate(costs, gpus).makespan <= 1.035 * shortest_conceivable(costs, gpus));
  }
}
