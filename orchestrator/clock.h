// Time as the orchestrator sees it, injected so that tests need not wait.
#pragma once

#include <cstdint>

namespace radsweep::orchestrator {

class Clock {
 public:
  virtual ~Clock() = default;
  // Milliseconds of the Unix epoch, for what is stored and for waiting runs. Within one process
  // it only advances: somebody setting the clock moves no deadline.
  virtual std::int64_t wall_ms() const = 0;
  // Seconds since some start, never set back (CLOCK_BOOTTIME); for durations.
  virtual double elapsed_s() const = 0;
  // Seconds since the machine was booted, as start times of processes count; never set back.
  virtual double boot_s() const = 0;
};

class SystemClock : public Clock {
 public:
  SystemClock();
  std::int64_t wall_ms() const override;
  double elapsed_s() const override;
  double boot_s() const override;

 private:
  std::int64_t wall_at_start_ms_;
  double start_s_;
};

}  // namespace radsweep::orchestrator
