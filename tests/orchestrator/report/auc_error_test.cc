#include "orchestrator/report/auc_error.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <vector>

using namespace radsweep::report;

TEST_CASE("the expected maximum of normal numbers is that of the tables") {
  // Harter 1961, expected values of normal order statistics
  CHECK(expected_maximum(1) == 0);
  CHECK(expected_maximum(2) == doctest::Approx(0.56419).epsilon(1e-4));
  CHECK(expected_maximum(7) == doctest::Approx(1.35218).epsilon(1e-4));
  CHECK(expected_maximum(10) == doctest::Approx(1.53875).epsilon(1e-4));
}

TEST_CASE("the sampling error is the one the paper's numbers imply") {
  // AUC .83 with 75 positive and 125 negative studies: about 3.2 points
  CHECK(hanley_mcneil(0.83, 75, 125) == doctest::Approx(0.032).epsilon(0.03));
  CHECK(hanley_mcneil(0.83, 0, 125) == 0);
}

TEST_CASE("the floor of chance is where random scores arrive") {
  constexpr int kPositives = 30, kNegatives = 50, kEpochs = 7, kTrials = 400;
  std::mt19937 random(1);
  std::uniform_real_distribution<double> score;
  double sum = 0;
  for (int trial = 0; trial < kTrials; ++trial) {
    double best = 0;
    for (int epoch = 0; epoch < kEpochs; ++epoch) {
      std::vector<double> positives(kPositives), negatives(kNegatives);
      for (double& value : positives) value = score(random);
      for (double& value : negatives) value = score(random);
      std::sort(negatives.begin(), negatives.end());
      double wins = 0;
      for (const double value : positives) {
        wins += static_cast<double>(std::lower_bound(negatives.begin(), negatives.end(), value) -
                                    negatives.begin());
      }
      best = std::max(best, wins / (kPositives * kNegatives));
    }
    sum += best;
  }
  // standard error of this mean is about 0.002
  CHECK(null_floor(kPositives, kNegatives, kEpochs) ==
        doctest::Approx(sum / kTrials).epsilon(0.012));
  CHECK(null_floor(75, 125, 7) == doctest::Approx(0.557).epsilon(0.001));
  CHECK(null_floor(75, 125, 1) == 0.5);
}
