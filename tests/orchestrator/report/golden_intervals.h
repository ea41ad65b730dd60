// The cases of tests/golden/intervals.txt.
#pragma once

#include <string>
#include <vector>

namespace radsweep::test {

struct GoldenIntervals {
  std::string name;
  std::vector<int> labels;
  std::vector<double> first, second;  // scores of the same studies
  double auc = 0, standard_error = 0;
  double difference = 0, difference_error = 0, p = 0;
  unsigned bootstrap_seed = 0;
  int resamples = 0;
  double bootstrap_low = 0, bootstrap_high = 0;
  std::vector<double> false_positive_rate, true_positive_rate;
  std::vector<double> threshold;  // without the first, infinite one
};

// All of them; a missing or empty file fails the test that asks.
std::vector<GoldenIntervals> golden_intervals();

}  // namespace radsweep::test
