// Which unpromising runs are stopped early: `prune:` of a sweep file.
#pragma once

#include <string>
#include <variant>

namespace radsweep::orchestrator {

// A run whose best objective so far is worse than the median of what the other runs had at the same
// epoch is stopped.
struct MedianRule {
  int warmup_epochs = 3;  // so many first epochs are not judged
  int min_runs = 4;       // other runs that got as far; with fewer nothing is judged
  bool operator==(const MedianRule&) const = default;
};

// Li et al. 2018, "A System for Massively Parallel Hyperparameter Tuning": after min_epochs *
// reduction^k epochs a run goes on only when its best objective so far is in the best 1/reduction
// of the runs that got there until now.
struct AshaRule {
  int min_epochs = 1;
  int reduction = 3;
  bool operator==(const AshaRule&) const = default;
};

using PruneRule = std::variant<MedianRule, AshaRule>;

// One line for people: "median: from epoch 3 on a run is stopped that ...".
std::string in_words(const PruneRule& rule);

}  // namespace radsweep::orchestrator
