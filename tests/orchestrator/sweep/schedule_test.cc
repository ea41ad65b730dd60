#include "orchestrator/sweep/schedule.h"

#include <doctest/doctest.h>

#include "base/error.h"

using namespace radsweep;
using namespace radsweep::orchestrator;

TEST_CASE("every run goes to the slot that is free first") {
  const Schedule schedule = simulate({7, 6, 5, 4, 3}, 2);
  CHECK(schedule.start == std::vector<double>{0, 0, 6, 7, 11});
  CHECK(schedule.slot == std::vector<std::size_t>{0, 1, 1, 0, 0});
  CHECK(schedule.makespan == 14);
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
