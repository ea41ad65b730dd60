#include "orchestrator/sweep/prune_rule.h"

namespace radsweep::orchestrator {
namespace {

std::string words_of(const MedianRule& rule) {
  return "median: from epoch " + std::to_string(rule.warmup_epochs) +
         " on a run is stopped that is worse than the median of the others, once " +
         std::to_string(rule.min_runs) + (rule.min_runs == 1 ? " other" : " others") +
         " got as far";
}

std::string words_of(const AshaRule& rule) {
  const long first = rule.min_epochs, times = rule.reduction;
  return "asha: after " + std::to_string(first) + ", " + std::to_string(first * times) + ", " +
         std::to_string(first * times * times) +
         ", ... epochs a run is stopped that is not in the best 1/" + std::to_string(times) +
         " of those that got as far";
}

}  // namespace

std::string in_words(const PruneRule& rule) {
  return std::visit([](const auto& of_kind) { return words_of(of_kind); }, rule);
}

}  // namespace radsweep::orchestrator
