#include "orchestrator/stall_watch.h"

#include <algorithm>

namespace radsweep::orchestrator {
namespace {

constexpr std::size_t kRememberedSteps = 99;

bool same_place(const attempt::Beat& a, const attempt::Beat& b) {
  return a.step == b.step && a.batches == b.batches && a.epoch == b.epoch && a.phase == b.phase;
}

}  // namespace

void StallWatch::look(const std::optional<attempt::Beat>& beat, double now_s) {
  silent_s_ += std::min(now_s - looked_s_, kLongestGap_s);
  looked_s_ = now_s;
  if (!beat || (newest_ && same_place(*beat, *newest_))) return;
  if (newest_) {
    const long steps = beat->step - newest_->step;
    if (steps > 0) step_seconds_.push_back(silent_s_ / static_cast<double>(steps));
    if (step_seconds_.size() > kRememberedSteps) step_seconds_.erase(step_seconds_.begin());
  }
  newest_ = beat;
  silent_s_ = 0;
}

double StallWatch::patience_s() const {
  if (step_seconds_.empty()) return kFirstStepPatience_s;
  std::vector<double> sorted = step_seconds_;
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  return std::max(kLeastPatience_s, kPatienceSteps * *middle);
}

}  // namespace radsweep::orchestrator
