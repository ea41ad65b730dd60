#include "orchestrator/report/delong.h"

#include <doctest/doctest.h>

#include <vector>

#include "tests/orchestrator/report/golden_intervals.h"

using namespace radsweep;
using namespace radsweep::report;
using doctest::Approx;

// The tolerance is that of sums of some hundred doubles in another order.
TEST_CASE("delong_auc has the error of the definition over all pairs") {
  for (const auto& golden : test::golden_intervals()) {
    CAPTURE(golden.name);
    const auto measured = delong_auc(golden.labels, golden.first);
    REQUIRE(measured);
    CHECK(measured->auc == Approx(golden.auc).epsilon(1e-13));
    CHECK(measured->standard_error.value() == Approx(golden.standard_error).epsilon(1e-12));
  }
}

TEST_CASE("delong_difference has the error and p of the definition over all pairs") {
  for (const auto& golden : test::golden_intervals()) {
    CAPTURE(golden.name);
    const auto paired = delong_difference(golden.labels, golden.first, golden.second);
    REQUIRE(paired);
    CHECK(paired->difference == Approx(golden.difference).epsilon(1e-12));
    CHECK(paired->standard_error.value() == Approx(golden.difference_error).epsilon(1e-12));
    CHECK(paired->p.value() == Approx(golden.p).epsilon(1e-11));
  }
}

TEST_CASE("the 95 % interval is 1.96 standard errors wide and stays within 0 and 1") {
  const auto interval = normal_interval(DelongAuc{0.8, 0.03});
  REQUIRE(interval);
  CHECK(interval->low == Approx(0.7412).epsilon(1e-5));
  CHECK(interval->high == Approx(0.8588).epsilon(1e-5));
  CHECK(normal_interval(DelongAuc{0.98, 0.03})->high == 1);
  CHECK(normal_interval(DelongAuc{0.02, 0.03})->low == 0);
  CHECK(normal_interval(DelongDifference{-0.01, 0.01, 0.3})->low == Approx(-0.0296).epsilon(1e-4));
}

TEST_CASE("studies that cannot tell an error give none") {
  const std::vector<int> labels = {0, 0, 1, 1};
  const std::vector<double> perfect = {1, 2, 3, 4}, reversed = {4, 3, 2, 1}, flat(4, 0.5);
  CHECK(delong_auc(labels, perfect)->auc == 1);
  CHECK_FALSE(delong_auc(labels, perfect)->standard_error);
  CHECK_FALSE(normal_interval(*delong_auc(labels, perfect)));
  CHECK(delong_auc(labels, reversed)->auc == 0);
  CHECK(delong_auc(labels, flat)->auc == 0.5);
  CHECK_FALSE(delong_auc(labels, flat)->standard_error);

  const std::vector<int> single = {0, 0, 1};
  const std::vector<double> scores = {0.1, 0.5, 0.3};
  CHECK(delong_auc(single, scores)->auc == 0.5);
  CHECK_FALSE(delong_auc(single, scores)->standard_error);
}

TEST_CASE("equal rankings differ by nothing and have no p") {
  const std::vector<int> labels = {0, 1, 0, 1, 0, 1};
  const std::vector<double> scores = {0.1, 0.2, 0.7, 0.4, 0.3, 0.9};
  std::vector<double> stretched = scores;
  for (double& score : stretched) score = 10 * score - 3;
  const auto paired = delong_difference(labels, scores, stretched);
  REQUIRE(paired);
  CHECK(paired->difference == 0);
  CHECK_FALSE(paired->standard_error);
  CHECK_FALSE(paired->p);
}

TEST_CASE("one class has neither AUC nor difference") {
  const std::vector<int> labels = {1, 1};
  const std::vector<double> scores = {0.1, 0.2};
  CHECK_FALSE(delong_auc(labels, scores));
  CHECK_FALSE(delong_difference(labels, scores, scores));
  CHECK_FALSE(delong_auc({}, {}));
}
