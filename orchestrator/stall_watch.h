// The stall rule: a worker that lives but does not advance is shown as stalled, then stopped.
#pragma once

#include <optional>
#include <vector>

#include "worker/attempt/beat.h"

namespace radsweep::orchestrator {

inline constexpr double kFirstStepPatience_s = 1800;  // cuDNN autotuning, a cold image cache
inline constexpr double kLeastPatience_s = 600;
inline constexpr double kPatienceSteps = 20;  // times the median step
// One look charges at most this much silence: time in which we did not look (suspended machine,
// stopped orchestrator, locked database) is not held against the worker.
inline constexpr double kLongestGap_s = 5;

// One attempt's progress over time. Times are Clock::elapsed_s.
class StallWatch {
 public:
  explicit StallWatch(double now_s) : looked_s_(now_s) {}

  // Takes the newest beat (nothing: none yet). Progress is any change of step, batch, epoch or
  // phase.
  void look(const std::optional<attempt::Beat>& beat, double now_s);

  // The worker could not tell until now, for lack of room on the disk: not held against it.
  void excuse(double now_s) { looked_s_ = now_s; }

  // Silent for longer than the patience: 30 min before the first step, afterwards the larger
  // of 10 min and 20 median steps.
  bool stalled() const { return silent_s_ > patience_s(); }
  double silent_s() const { return silent_s_; }

 private:
  double patience_s() const;

  double looked_s_;
  double silent_s_ = 0;
  std::optional<attempt::Beat> newest_;
  std::vector<double> step_seconds_;  // of the newest looks that saw a step
};

}  // namespace radsweep::orchestrator
