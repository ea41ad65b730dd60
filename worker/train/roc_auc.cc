#include "worker/train/roc_auc.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "base/error.h"

namespace radsweep::train {

std::optional<double> roc_auc(std::span<const int> labels, std::span<const double> scores) {
  ensure(labels.size() == scores.size(), "roc_auc: as many labels as scores");
  for (const double score : scores) ensure(std::isfinite(score), "roc_auc: a score is not finite");

  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [scores](std::size_t i) { return scores[i]; });

  double positive_ranks = 0;  // sums of halves below 2^52: exact
  double positives = 0;
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && scores[order[end]] == scores[order[begin]]) ++end;
    const double rank = (static_cast<double>(begin + 1) + static_cast<double>(end)) / 2;
    for (; begin < end; ++begin) {
      const int label = labels[order[begin]];
      ensure(label == 0 || label == 1, "roc_auc: a label is neither 0 nor 1");
      positives += label;
      positive_ranks += label * rank;
    }
  }
  const double negatives = static_cast<double>(labels.size()) - positives;
  if (positives == 0 || negatives == 0) return std::nullopt;
  return (positive_ranks - positives * (positives + 1) / 2) / (positives * negatives);
}

}  // namespace radsweep::train
