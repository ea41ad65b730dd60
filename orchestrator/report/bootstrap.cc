#include "orchestrator/report/bootstrap.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "base/counter_hash.h"

namespace radsweep::report {
namespace {

// Scores as places in the order of the distinct ones, so that a resample's AUC needs no sorting.
struct Places {
  std::size_t distinct = 0;
  std::array<std::vector<std::size_t>, 2> of_class;  // by label, in the order given
};

Places places_of(std::span<const int> labels, std::span<const double> scores) {
  std::vector<double> sorted(scores.begin(), scores.end());
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  Places places;
  places.distinct = sorted.size();
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto at = std::lower_bound(sorted.begin(), sorted.end(), scores[i]);
    places.of_class[labels[i] == 1].push_back(static_cast<std::size_t>(at - sorted.begin()));
  }
  return places;
}

double resampled_auc(const Places& places, const BootstrapOptions& options,
                     std::uint64_t resample) {
  std::array<std::vector<std::uint32_t>, 2> drawn;  // by label and place: how often
  for (std::uint64_t label = 0; label < 2; ++label) {
    drawn[label].assign(places.distinct, 0);
    const auto& candidates = places.of_class[label];
    const auto key = counter_hash({options.seed, stream_word("bootstrap"), resample, label});
    for (std::uint64_t k = 0; k < candidates.size(); ++k) {
      const double number = unit_interval(counter_hash({key, k}));
      ++drawn[label][candidates[static_cast<std::size_t>(number *
                                                         static_cast<double>(candidates.size()))]];
    }
  }
  double wins = 0, below = 0;  // of pairs; negatives at lower places
  for (std::size_t place = 0; place < places.distinct; ++place) {
    wins += drawn[1][place] * (below + drawn[0][place] / 2.0);
    below += drawn[0][place];
  }
  return wins / (static_cast<double>(places.of_class[0].size()) *
                 static_cast<double>(places.of_class[1].size()));
}

double quantile(const std::vector<double>& sorted, double share) {
  const double at = share * static_cast<double>(sorted.size() - 1);
  const auto low = static_cast<std::size_t>(at);
  const std::size_t high = std::min(low + 1, sorted.size() - 1);
  return sorted[low] + (at - std::floor(at)) * (sorted[high] - sorted[low]);
}

}  // namespace

std::optional<Interval> bootstrap_auc(std::span<const int> labels, std::span<const double> scores,
                                      const BootstrapOptions& options) {
  const Places places = places_of(labels, scores);
  if (places.of_class[0].empty() || places.of_class[1].empty()) return std::nullopt;
  std::vector<double> aucs;
  for (int resample = 0; resample < options.resamples; ++resample) {
    aucs.push_back(resampled_auc(places, options, static_cast<std::uint64_t>(resample)));
  }
  std::sort(aucs.begin(), aucs.end());
  if (aucs.front() == aucs.back()) return std::nullopt;
  return Interval{quantile(aucs, 0.025), quantile(aucs, 0.975)};
}

}  // namespace radsweep::report
