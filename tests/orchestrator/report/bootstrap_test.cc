#include "orchestrator/report/bootstrap.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "tests/orchestrator/report/golden_intervals.h"

using namespace radsweep;
using namespace radsweep::report;
using doctest::Approx;

TEST_CASE("bootstrap_auc resamples as its contract says") {
  for (const auto& golden : test::golden_intervals()) {
    CAPTURE(golden.name);
    const auto interval =
        bootstrap_auc(golden.labels, golden.first, {golden.resamples, golden.bootstrap_seed});
    REQUIRE(interval);
    CHECK(interval->low == Approx(golden.bootstrap_low).epsilon(1e-12));
    CHECK(interval->high == Approx(golden.bootstrap_high).epsilon(1e-12));
  }
}

TEST_CASE("bootstrap and DeLong agree where the normal approximation is good") {
  const auto golden = test::golden_intervals().back();  // 120 studies, AUC .74
  const auto normal = normal_interval(delong_auc(golden.labels, golden.first).value());
  const auto resampled = bootstrap_auc(golden.labels, golden.first);
  REQUIRE(normal);
  REQUIRE(resampled);
  // a quantile of 2,000 resamples is known to about 0.06 standard errors of .05
  CHECK(std::abs(resampled->low - normal->low) < 0.015);
  CHECK(std::abs(resampled->high - normal->high) < 0.015);
}

TEST_CASE("a monotone change of the scores changes no bootstrap interval") {
  const auto golden = test::golden_intervals().front();
  std::vector<double> probabilities;
  for (const double logit : golden.first) probabilities.push_back(1 / (1 + std::exp(-logit)));
  const auto a = bootstrap_auc(golden.labels, golden.first);
  const auto b = bootstrap_auc(golden.labels, probabilities);
  CHECK(a->low == b->low);
  CHECK(a->high == b->high);
}

TEST_CASE("bootstrap_auc gives nothing for one class") {
  CHECK_FALSE(bootstrap_auc(std::vector{0, 0}, std::vector{0.1, 0.2}));
  CHECK_FALSE(bootstrap_auc({}, {}));
}

TEST_CASE("studies that are separated perfectly have no bootstrap interval") {
  const std::vector<int> labels = {0, 0, 1, 1};
  CHECK_FALSE(bootstrap_auc(labels, std::vector{1.0, 2.0, 3.0, 4.0}));
  CHECK_FALSE(bootstrap_auc(labels, std::vector{0.5, 0.5, 0.5, 0.5}));
  CHECK(bootstrap_auc(labels, std::vector{1.0, 3.0, 2.0, 4.0}));
}
