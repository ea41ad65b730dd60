#include "orchestrator/progress/sweep_text.h"

#include <doctest/doctest.h>

#include "tests/orchestrator/progress/example_view.h"

using namespace radsweep::orchestrator;

TEST_CASE("durations are told in at most two units") {
  CHECK(duration_text(-1) == "0 s");
  CHECK(duration_text(59.4) == "59 s");
  CHECK(duration_text(59.6) == "1 min");
  CHECK(duration_text(3599) == "1 h 0 min");
  CHECK(duration_text(15120) == "4 h 12 min");
  CHECK(duration_text(86400 + 3 * 3600) == "1 d 3 h");
}

TEST_CASE("the status line says counts, percent and what is left") {
  CHECK(status_line(radsweep::test::example_view()) ==
        "chexpert: 4 of 10 done, 2 running, 3 waiting, 1 failed, 55 %, about 4 h 12 min left");
}

TEST_CASE("done_fraction counts ended runs whole and running ones by their steps") {
  auto view = radsweep::test::example_view();
  CHECK(done_fraction(view) == doctest::Approx(0.55));
  view.slots[0].beat->step = 100000;
  CHECK(done_fraction(view) == doctest::Approx(0.6));
  CHECK(done_fraction(SweepView{}) == 1);
}
