#include "orchestrator/progress/sweep_text.h"

#include <algorithm>
#include <cmath>

namespace radsweep::orchestrator {

std::string duration_text(double seconds) {
  const long whole = std::lround(std::max(0.0, seconds));
  if (whole < 60) return std::to_string(whole) + " s";
  const long minutes = std::lround(seconds / 60);
  if (minutes < 60) return std::to_string(minutes) + " min";
  if (minutes < 24 * 60) {
    return std::to_string(minutes / 60) + " h " + std::to_string(minutes % 60) + " min";
  }
  const long hours = std::lround(seconds / 3600);
  return std::to_string(hours / 24) + " d " + std::to_string(hours % 24) + " h";
}

std::string counts_text(const db::StateCounts& counts) {
  std::string text =
      std::to_string(counts.done) + " of " + std::to_string(counts.total()) + " done";
  const auto add = [&text](int count, const char* what) {
    if (count > 0) text += ", " + std::to_string(count) + " " + what;
  };
  add(counts.running, "running");
  add(counts.stopping, "stopping");
  add(counts.pending, "waiting");
  add(counts.waiting, "retrying");
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
  if (view.eta_s) text += ", about " + duration_text(*view.eta_s) + " left";
  return text;
}

}  // namespace radsweep::orchestrator
