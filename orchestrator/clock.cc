#include "orchestrator/clock.h"

#include <chrono>
#include <ctime>

namespace radsweep::orchestrator {
namespace {

double boot_time_s() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

}  // namespace

double SystemClock::boot_s() const {
  return boot_time_s();
}

SystemClock::SystemClock()
    : wall_at_start_ms_(std::chrono::duration_cast<std::chrono::milliseconds>(
                            std::chrono::system_clock::now().time_since_epoch())
                            .count()),
      start_s_(boot_time_s()) {}

std::int64_t SystemClock::wall_ms() const {
  return wall_at_start_ms_ + static_cast<std::int64_t>(elapsed_s() * 1000);
}

double SystemClock::elapsed_s() const {
  return boot_time_s() - start_s_;
}

}  // namespace radsweep::orchestrator
