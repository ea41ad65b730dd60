#include "orchestrator/sweep/schedule.h"

#include <algorithm>
#include <functional>
#include <numeric>

#include "base/error.h"

namespace radsweep::orchestrator {

Schedule simulate(const std::vector<double>& durations, std::size_t slots) {
  ensure(slots > 0, "a schedule needs at least one slot");
  std::vector<double> free_at(slots, 0.0);
  Schedule schedule;
  for (const double duration : durations) {
    const auto first_free = std::ranges::min_element(free_at);
    schedule.start.push_back(*first_free);
    schedule.slot.push_back(static_cast<std::size_t>(first_free - free_at.begin()));
    *first_free += duration;
    schedule.makespan = std::max(schedule.makespan, *first_free);
  }
  return schedule;
}

double shortest_conceivable(std::vector<double> durations, std::size_t slots) {
  ensure(slots > 0, "a schedule needs at least one slot");
  std::ranges::sort(durations, std::greater<>());
  double bound =
      std::accumulate(durations.begin(), durations.end(), 0.0) / static_cast<double>(slots);
  for (std::size_t k = 0; k * slots < durations.size(); ++k) {
    const auto last = durations.begin() + static_cast<std::ptrdiff_t>(k * slots + 1);
    bound = std::max(bound, std::accumulate(last - static_cast<std::ptrdiff_t>(k + 1), last, 0.0));
  }
  return bound;
}

}  // namespace radsweep::orchestrator
