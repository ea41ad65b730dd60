#include "worker/train/one_cycle.h"

#include <doctest/doctest.h>

using namespace radsweep::train;

TEST_CASE("a cycle starts at its first value and turns at pct_start") {
  const OneCycle cycle{1, 5, 0.5, 0.25};
  CHECK(cycle.at(0) == 1);
  CHECK(cycle.at(0.125) == doctest::Approx(3));
  CHECK(cycle.at(0.25) == 5);
  CHECK(cycle.at(0.625) == doctest::Approx(2.75));
}

TEST_CASE("the share of a piece is float32, so nearby positions share a value") {
  const OneCycle cycle{0, 1, 0, 0.3};
  const double position = 0.1;
  CHECK(cycle.at(position) == cycle.at(position + 1e-12));
  CHECK(cycle.at(position) != cycle.at(position + 1e-7));
}

TEST_CASE("positions add up from the start of each epoch") {
  CHECK(cycle_position(0, 6, 0, 10) == 0);
  CHECK(cycle_position(3, 6, 0, 10) == 0.5);
  const double step = 1.0 / 60;
  CHECK(cycle_position(0, 6, 3, 10) == step + step + step);
  CHECK(cycle_position(5, 6, 9, 10) == doctest::Approx(59.0 / 60));
}
