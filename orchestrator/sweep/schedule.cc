#include "orchestrator/sweep/schedule.h"

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <optional>
#include <queue>
#include <set>
#include <utility>

#include "base/error.h"

namespace radsweep::orchestrator {
namespace {

// The jobs that have not begun: by how many slots they take, most first, each in the order given.
class Waiting {
 public:
  explicit Waiting(const std::vector<Job>& jobs) {
    for (std::size_t i = 0; i < jobs.size(); ++i) by_gpus_[jobs[i].gpus].push(i);
  }
  bool empty() const { return by_gpus_.empty(); }
  int most_gpus() const { return by_gpus_.begin()->first; }

  // Takes the next one that fits; nothing: none does.
  std::optional<std::size_t> next(std::size_t free) {
    const auto fitting = std::ranges::find_if(
        by_gpus_, [free](const auto& jobs) { return std::cmp_less_equal(jobs.first, free); });
    if (fitting == by_gpus_.end()) return std::nullopt;
    const std::size_t job = fitting->second.front();
    fitting->second.pop();
    if (fitting->second.empty()) by_gpus_.erase(fitting);
    return job;
  }

 private:
  std::map<int, std::queue<std::size_t>, std::greater<>> by_gpus_;
};

}  // namespace

Schedule simulate(const std::vector<Job>& jobs, const std::vector<double>& free_at) {
  ensure(!free_at.empty(), "a schedule needs at least one slot");
  using End = std::pair<double, std::size_t>;                       // when, which slot
  std::priority_queue<End, std::vector<End>, std::greater<>> ends;  // earliest on top
  for (std::size_t slot = 0; slot < free_at.size(); ++slot) ends.push({free_at[slot], slot});
  Schedule schedule;
  schedule.start.resize(jobs.size());
  schedule.slots.resize(jobs.size());
  schedule.makespan = *std::ranges::max_element(free_at);
  Waiting waiting(jobs);
  ensure(waiting.empty() || std::cmp_less_equal(waiting.most_gpus(), free_at.size()),
         "a run of a schedule takes more slots than there are");
  std::set<std::size_t> free;
  while (!waiting.empty()) {
    const double now = ends.top().first;
    for (; !ends.empty() && ends.top().first <= now; ends.pop()) free.insert(ends.top().second);
    while (!waiting.empty() && !free.empty()) {
      const std::optional<std::size_t> job = waiting.next(free.size());
      if (!job) break;
      schedule.start[*job] = now;
      const double end = now + jobs[*job].duration;
      schedule.makespan = std::max(schedule.makespan, end);
      for (int rank = 0; rank < jobs[*job].gpus; ++rank) {
        const std::size_t slot = free.extract(free.begin()).value();
        schedule.slots[*job].push_back(slot);
        ends.push({end, slot});
      }
    }
  }
  return schedule;
}

Schedule simulate(const std::vector<Job>& jobs, std::size_t slots) {
  return simulate(jobs, std::vector<double>(slots, 0.0));
}

double shortest_conceivable(const std::vector<Job>& jobs, std::size_t slots) {
  ensure(slots > 0, "a schedule needs at least one slot");
  std::vector<double> durations;
  for (const Job& job : jobs) {
    durations.insert(durations.end(), static_cast<std::size_t>(job.gpus), job.duration);
  }
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
