// A clock that stands still until the test moves it.
#pragma once

#include "orchestrator/clock.h"

namespace radsweep::test {

class FakeClock : public orchestrator::Clock {
 public:
  std::int64_t wall_ms() const override {
    return 1'700'000'000'000 + jumped_ms_ + static_cast<std::int64_t>(elapsed_s_ * 1000);
  }
  double elapsed_s() const override { return elapsed_s_; }
  double boot_s() const override { return 1000 + elapsed_s_; }

  void advance(double seconds) { elapsed_s_ += seconds; }
  // Somebody sets the wall clock.
  void jump_wall(double seconds) { jumped_ms_ += static_cast<std::int64_t>(seconds * 1000); }

 private:
  double elapsed_s_ = 0;
  std::int64_t jumped_ms_ = 0;
};

}  // namespace radsweep::test
