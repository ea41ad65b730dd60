#include "orchestrator/report/roc_curve.h"

#include <doctest/doctest.h>

#include <cmath>

#include "tests/orchestrator/report/golden_intervals.h"

using namespace radsweep;
using namespace radsweep::report;

TEST_CASE("roc_curve has the points and thresholds of scikit-learn") {
  for (const auto& golden : test::golden_intervals()) {
    CAPTURE(golden.name);
    const auto curve = roc_curve(golden.labels, golden.first);
    REQUIRE(curve.size() == golden.false_positive_rate.size());
    CHECK(std::isinf(curve[0].threshold));
    for (std::size_t i = 0; i < curve.size(); ++i) {
      CHECK(curve[i].false_positive_rate == golden.false_positive_rate[i]);
      CHECK(curve[i].true_positive_rate == golden.true_positive_rate[i]);
      if (i > 0) CHECK(curve[i].threshold == golden.threshold[i - 1]);
    }
    CHECK(area_below(curve) == doctest::Approx(golden.auc).epsilon(1e-14));
  }
}

TEST_CASE("the corners of a curve enclose the same area with fewer points") {
  for (const auto& golden : test::golden_intervals()) {
    CAPTURE(golden.name);
    const auto curve = roc_curve(golden.labels, golden.first);
    const auto corners = corners_of(curve);
    // a tie bends the curve: few distinct scores leave nothing to drop
    if (golden.name != "heavy_ties") CHECK(corners.size() < curve.size());
    CHECK(area_below(corners) == doctest::Approx(area_below(curve)).epsilon(1e-12));
  }
}

TEST_CASE("scores without an order give the diagonal") {
  const auto curve = roc_curve(std::vector{0, 1, 1}, std::vector{0.5, 0.5, 0.5});
  REQUIRE(curve.size() == 2);
  CHECK(curve[1].false_positive_rate == 1);
  CHECK(curve[1].true_positive_rate == 1);
  CHECK(area_below(curve) == 0.5);
}

TEST_CASE("one class has no curve") {
  CHECK(roc_curve(std::vector{1, 1}, std::vector{0.1, 0.2}).empty());
  CHECK(roc_curve(std::vector<int>{}, std::vector<double>{}).empty());
  CHECK(corners_of({}).empty());
  CHECK(area_below({}) == 0);
}

TEST_CASE("between its points a curve's sensitivity lies on the line, on a step at its top") {
  const std::vector<RocPoint> curve = {{0, 0}, {0, 0.5}, {0.5, 0.5}, {1, 1}};
  CHECK(sensitivity_at(curve, 0) == 0.5);
  CHECK(sensitivity_at(curve, 0.25) == 0.5);
  CHECK(sensitivity_at(curve, 0.75) == 0.75);
  CHECK(sensitivity_at(curve, 1) == 1);
}
