#include "orchestrator/progress/eta.h"

#include <algorithm>
#include <map>
#include <utility>

#include "orchestrator/sweep/schedule.h"

namespace radsweep::orchestrator {
namespace {

// Below this share of its work a run's own speed is mostly its start: loading, first steps.
constexpr double kOwnSpeedFrom = 0.05;

bool is_measured(const EtaInput::Measured& done) {
  return done.cost > 0 && done.seconds > 0;
}

// Seconds per cost.
class Pace {
 public:
  void note(const EtaInput::Measured& done) {
    if (!is_measured(done)) return;
    EtaInput::Measured& same = by_gpus_[done.gpus];
    same.cost += done.cost;
    same.seconds += done.seconds;
    all_.cost += done.cost;
    all_.seconds += done.seconds * done.gpus;  // as if one slot had done it
  }
  bool known() const { return is_measured(all_); }
  double on(int gpus) const {
    const auto same = by_gpus_.find(gpus);
    if (same != by_gpus_.end()) return same->second.seconds / same->second.cost;
    return known() ? all_.seconds / all_.cost / gpus : 0;
  }

 private:
  std::map<int, EtaInput::Measured> by_gpus_;
  EtaInput::Measured all_;
};

Pace common_pace(const EtaInput& input) {
  Pace finished, running;
  for (const auto& run : input.finished) finished.note(run);
  for (const auto& run : input.running) running.note(run.done);
  return finished.known() ? finished : running;
}

double seconds_left(const EtaInput::Running& run, const Pace& common) {
  const bool knows_itself = is_measured(run.done) &&
                            run.done.cost >= kOwnSpeedFrom * (run.done.cost + run.remaining_cost);
  return std::max(0.0, run.remaining_cost) *
         (knows_itself ? run.done.seconds / run.done.cost : common.on(run.done.gpus));
}

// When each slot is free: those of the running runs at their ends, the idle ones now.
std::vector<double> ends_of(const EtaInput& input, const Pace& pace) {
  std::vector<double> free_at;
  for (const auto& run : input.running) {
    free_at.insert(free_at.end(), static_cast<std::size_t>(run.done.gpus), seconds_left(run, pace));
  }
  free_at.resize(std::max(input.slots, free_at.size()), 0.0);
  return free_at;
}

}  // namespace

std::optional<double> estimate_eta_s(const EtaInput& input) {
  const bool idle = std::ranges::all_of(
      input.running, [](const EtaInput::Running& run) { return run.remaining_cost <= 0; });
  if (idle && input.waiting.empty()) return 0;
  const Pace pace = common_pace(input);
  const std::vector<double> free_at = ends_of(input, pace);
  if (!pace.known() || free_at.empty()) return std::nullopt;

  std::vector<EtaInput::Waiting> waiting = input.waiting;
  std::ranges::stable_sort(
      waiting, [](const auto& one, const auto& other) { return one.cost > other.cost; });
  std::vector<Job> jobs;
  for (const EtaInput::Waiting& run : waiting) {
    if (std::cmp_greater(run.gpus, free_at.size())) return std::nullopt;
    jobs.emplace_back(run.cost * pace.on(run.gpus), run.gpus);
  }
  return simulate(jobs, free_at).makespan;
}

}  // namespace radsweep::orchestrator
