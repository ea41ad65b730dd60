#include "orchestrator/sweep/measured_speed.h"

#include <doctest/doctest.h>

using namespace radsweep::orchestrator;

TEST_CASE("without a finished run no time is predicted") {
  CHECK_FALSE(MeasuredSpeed({}).seconds(64, "small", 100));
  CHECK_FALSE(MeasuredSpeed({{64, "small", 100, 0}, {64, "small", 0, 5}}).seconds(64, "small", 1));
}

TEST_CASE("a cell's own runs predict it, all runs predict the other cells") {
  const MeasuredSpeed speed(
      {{64, "small", 100, 10}, {64, "small", 100, 20}, {32, "deep", 800, 20}});
  CHECK(*speed.seconds(64, "small", 200) == doctest::Approx(30));
  CHECK(*speed.seconds(32, "deep", 400) == doctest::Approx(10));
  CHECK(*speed.seconds(32, "small", 100) == doctest::Approx(5));  // 50 s for 1000
  CHECK(speed.runs() == 3);
}
