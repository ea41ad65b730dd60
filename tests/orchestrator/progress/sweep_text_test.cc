#include "orchestrator/progress/sweep_text.h"

#include <doctest/doctest.h>

#include "tests/orchestrator/progress/example_view.h"

using namespace radsweep::orchestrator;

TEST_CASE("the status line says counts, percent and what is left") {
  CHECK(status_line(radsweep::test::example_view()) ==
        "chexpert: 4 of 10 done, 2 running, 3 pending, 1 failed, 55 %, about 4 h 12 min left");
}

TEST_CASE("done_fraction counts ended runs whole and running ones by their steps") {
  auto view = radsweep::test::example_view();
  CHECK(done_fraction(view) == doctest::Approx(0.55));
  view.slots[0].beat->step = 100000;
  CHECK(done_fraction(view) == doctest::Approx(0.6));
  CHECK(done_fraction(SweepView{}) == 1);
}
