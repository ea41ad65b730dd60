#include "orchestrator/progress/eta.h"

#include <algorithm>
#include <functional>
#include <queue>

namespace radsweep::orchestrator {
namespace {

// Below this share of its work a run's own speed is mostly its start: loading, first steps.
constexpr double kOwnSpeedFrom = 0.05;

bool is_measured(const EtaInput::Measured& done) {
  return done.cost > 0 && done.seconds > 0;
}

// Seconds per cost over everything in the sum; 0: nothing measured.
double pace_of(const EtaInput::Measured& sum) {
  return is_measured(sum) ? sum.seconds / sum.cost : 0;
}

double common_pace(const EtaInput& input) {
  EtaInput::Measured finished, running;
  for (const auto& run : input.finished) {
    if (!is_measured(run)) continue;
    finished.cost += run.cost;
    finished.seconds += run.seconds;
  }
  for (const auto& slot : input.slots) {
    if (!is_measured(slot.done)) continue;
    running.cost += slot.done.cost;
    running.seconds += slot.done.seconds;
  }
  return is_measured(finished) ? pace_of(finished) : pace_of(running);
}

double seconds_left(const EtaInput::Slot& slot, double common) {
  const bool knows_itself =
      is_measured(slot.done) &&
      slot.done.cost >= kOwnSpeedFrom * (slot.done.cost + slot.remaining_cost);
  return std::max(0.0, slot.remaining_cost) * (knows_itself ? pace_of(slot.done) : common);
}

}  // namespace

std::optional<double> estimate_eta_s(const EtaInput& input) {
  const bool idle = std::ranges::all_of(
      input.slots, [](const EtaInput::Slot& slot) { return slot.remaining_cost <= 0; });
  if (idle && input.waiting.empty()) return 0;
  const double pace = common_pace(input);
  if (pace == 0 || input.slots.empty()) return std::nullopt;

  std::priority_queue<double, std::vector<double>, std::greater<>> free_at;  // earliest on top
  double last = 0;
  for (const auto& slot : input.slots) {
    free_at.push(seconds_left(slot, pace));
    last = std::max(last, seconds_left(slot, pace));
  }
  std::vector<double> waiting = input.waiting;
  std::ranges::sort(waiting, std::greater<>());
  for (const double cost : waiting) {
    const double end = free_at.top() + cost * pace;
    free_at.pop();
    free_at.push(end);
    last = std::max(last, end);
  }
  return last;
}

}  // namespace radsweep::orchestrator
