#include "orchestrator/sweep/schedule.h"

#include <algorithm>

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

}  // namespace radsweep::orchestrator
