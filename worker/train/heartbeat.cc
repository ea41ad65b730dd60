#include "worker/train/heartbeat.h"

#include <utility>

#include "base/error.h"
#include "worker/attempt/beat.h"

namespace radsweep::train {

Heartbeat::Heartbeat(std::filesystem::path attempt_folder, Totals totals,
                     std::function<double()> memory_mb)
    : folder_(std::move(attempt_folder)), totals_(totals), memory_mb_(std::move(memory_mb)) {}

void Heartbeat::tell(const Progress& progress, const std::string& phase, double loss) {
  ++batches_;
  const auto now = std::chrono::steady_clock::now();
  if (phase == phase_ && now - told_at_ < std::chrono::seconds(1)) return;
  phase_ = phase;
  told_at_ = now;
  attempt::Beat beat;
  beat.step = progress.step;
  beat.total_steps = totals_.steps;
  beat.epoch = progress.epoch;
  beat.total_epochs = totals_.epochs;
  beat.batches = batches_;
  beat.phase = phase;
  beat.loss = loss;
  beat.images_per_second = progress.train_seconds > 0
                               ? static_cast<double>(progress.images) / progress.train_seconds
                               : 0;
  beat.memory_mb = memory_mb_();
  beat.time_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                     std::chrono::system_clock::now().time_since_epoch())
                     .count();
  try {
    attempt::write_beat(folder_, beat);
  } catch (const Error&) {
    return;
  }
}

}  // namespace radsweep::train
