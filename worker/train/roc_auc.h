// Area under the ROC curve, as scikit-learn counts it.
#pragma once

#include <optional>
#include <span>

namespace radsweep::train {

// (R - P(P+1)/2) / (P N) with the sum R of the positives' ranks, mid-ranks for ties: a tied pair
// counts one half. Scores are compared exactly. nullopt when only one class (or nothing) is
// present. Throws Error(internal) on a score that is not finite, a label other than 0 and 1, or
// unequal lengths. Give it logits: a float32 sigmoid saturates and makes ties of its own.
std::optional<double> roc_auc(std::span<const int> labels, std::span<const double> scores);

}  // namespace radsweep::train
