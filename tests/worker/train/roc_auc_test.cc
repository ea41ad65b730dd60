#include "worker/train/roc_auc.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "base/error.h"

using namespace radsweep;
using train::roc_auc;

namespace {

std::optional<double> auc(const std::vector<int>& labels, const std::vector<double>& scores) {
  return roc_auc(labels, scores);
}

// The definition: the share of (positive, negative) pairs in the right order, ties one half.
double auc_by_pairs(const std::vector<int>& labels, const std::vector<double>& scores) {
  double right = 0, pairs = 0;
  for (std::size_t p = 0; p < labels.size(); ++p) {
    for (std::size_t n = 0; n < labels.size(); ++n) {
      if (labels[p] != 1 || labels[n] != 0) continue;
      ++pairs;
      right += scores[p] > scores[n] ? 1 : scores[p] == scores[n] ? 0.5 : 0;
    }
  }
  return right / pairs;
}

}  // namespace

// The numbers of make_fastai.py; 0.5 where scikit-learn gives the double below it.
TEST_CASE("roc_auc gives scikit-learn's values") {
  CHECK(auc({0, 0, 1, 1}, {.1, .4, .35, .8}) == 0.75);
  CHECK(auc({0, 1, 0, 1}, {3, 3, 3, 3}) == 0.5);
  CHECK(auc({0, 1, 1, 0, 1}, {.2, .2, .9, .9, .5}) == 0.5);
  CHECK(auc({0, 1}, {-40, 40}) == 1.0);
  CHECK(auc({1, 0}, {-40, 40}) == 0.0);
}

TEST_CASE("roc_auc equals the count over all pairs, with many ties") {
  std::vector<int> labels;
  std::vector<double> scores;
  unsigned state = 1;
  for (int i = 0; i < 200; ++i) {
    state = state * 1664525U + 1013904223U;
    labels.push_back(static_cast<int>(state >> 31));
    state = state * 1664525U + 1013904223U;
    scores.push_back(static_cast<double>(state >> 27) / 8);
  }
  CHECK(*auc(labels, scores) == doctest::Approx(auc_by_pairs(labels, scores)).epsilon(1e-15));
}

TEST_CASE("scores that differ in the last digits are no tie") {
  CHECK(auc({0, 1}, {0.5, 0.5 + 1e-12}) == 1.0);
}

TEST_CASE("roc_auc of one class is undefined") {
  CHECK(auc({1, 1, 1}, {.1, .2, .3}) == std::nullopt);
  CHECK(auc({0, 0}, {.1, .2}) == std::nullopt);
  CHECK(auc({}, {}) == std::nullopt);
}

TEST_CASE("roc_auc refuses scores that are not finite") {
  CHECK_THROWS_AS(auc({0, 1}, {std::nan(""), 1}), Error);
  CHECK_THROWS_AS(auc({0, 1}, {std::numeric_limits<double>::infinity(), 1}), Error);
  CHECK_THROWS_AS(auc({0, 2}, {0, 1}), Error);
  CHECK_THROWS_AS(auc({0, 1}, {0}), Error);
}
