#include "orchestrator/progress/sweep_text.h"

#include <algorithm>

#include "orchestrator/report/number_text.h"

namespace radsweep::orchestrator {

std::string counts_text(const db::StateCounts& counts) {
  std::string text =
      std::to_string(counts.done) + " of " + std::to_string(counts.total()) + " done";
  const auto add = [&text](int count, const char* what) {
    if (count > 0) text += ", " + std::to_string(count) + " " + what;
  };
  add(counts.running, "running");
  add(counts.stopping, "stopping");
  add(counts.pending, "pending");
  add(counts.waiting, "waiting");
  add(counts.failed, "failed");
  add(counts.cancelled, "cancelled");
  return text;
}

double done_fraction(const SweepView& view) {
  const db::StateCounts& counts = view.counts;
  if (counts.total() == 0) return 1;
  double ended = counts.done + counts.failed + counts.cancelled;
  for (const SlotView& slot : view.slots) {
    if (slot.run.empty() || !slot.beat || slot.beat->total_steps <= 0) continue;
    ended += std::clamp(
        static_cast<double>(slot.beat->step) / static_cast<double>(slot.beat->total_steps), 0.0,
        1.0);
  }
  return std::min(1.0, ended / counts.total());
}

std::string status_line(const SweepView& view) {
  std::string text = view.name + ": " + counts_text(view.counts) + ", " +
                     std::to_string(static_cast<int>(100 * done_fraction(view))) + " %";
  if (view.eta_s) text += ", about " + report::duration_text(*view.eta_s) + " left";
  return text;
}

}  // namespace radsweep::orchestrator
