#include "orchestrator/stall_watch.h"

#include <doctest/doctest.h>

using radsweep::attempt::Beat;
using radsweep::orchestrator::StallWatch;

namespace {

Beat at_step(long step) {
  Beat beat;
  beat.step = step;
  return beat;
}

// Looks once a second for `seconds`; the step grows by one every `step_s`, or never when 0.
void pass(StallWatch& watch, double& now_s, double seconds, double step_s, long& step) {
  const double end_s = now_s + seconds;
  for (double since_step = 0; now_s < end_s; ++now_s) {
    if (step_s > 0 && (since_step += 1) >= step_s) {
      ++step;
      since_step = 0;
    }
    watch.look(at_step(step), now_s);
  }
}

}  // namespace

TEST_CASE("before the first step half an hour is allowed") {
  StallWatch watch(0);
  double now_s = 0;
  long step = 0;
  pass(watch, now_s, 1790, 0, step);
  CHECK_FALSE(watch.stalled());
  pass(watch, now_s, 20, 0, step);
  CHECK(watch.stalled());
}

TEST_CASE("later ten minutes are allowed, or twenty steps when these are longer") {
  StallWatch watch(0);
  double now_s = 0;
  long step = 0;
  double step_s = 1, patience_s = 600;
  SUBCASE("short steps") {}
  SUBCASE("steps of a minute") {
    step_s = 60, patience_s = 1200;
  }
  pass(watch, now_s, 10 * step_s + 1, step_s, step);
  pass(watch, now_s, patience_s - 10, 0, step);
  CHECK_FALSE(watch.stalled());
  pass(watch, now_s, 70, 0, step);
  CHECK(watch.stalled());
  pass(watch, now_s, step_s + 1, step_s, step);
  CHECK_FALSE(watch.stalled());
}

TEST_CASE("time in which nobody looked is not held against the worker") {
  StallWatch watch(0);
  double now_s = 0;
  long step = 0;
  pass(watch, now_s, 10, 1, step);
  watch.look(at_step(step), now_s + 8 * 3600);  // the machine slept
  CHECK_FALSE(watch.stalled());
}

TEST_CASE("silence on a disk without room is not held against the worker") {
  StallWatch watch(0);
  double now_s = 0;
  long step = 0;
  pass(watch, now_s, 10, 1, step);
  for (const double end_s = now_s + 8 * 3600; now_s < end_s; ++now_s) {
    watch.excuse(now_s);
    watch.look(at_step(step), now_s);
  }
  CHECK_FALSE(watch.stalled());
  pass(watch, now_s, 602, 0, step);
  CHECK(watch.stalled());
}

TEST_CASE("a validation that goes on for an hour is no stall") {
  StallWatch watch(0);
  Beat beat = at_step(1);
  watch.look(at_step(0), 1);
  watch.look(beat, 2);
  beat.phase = "validating";
  for (double now_s = 3; now_s < 3600; ++now_s) {
    beat.batches = static_cast<long>(now_s / 30);
    watch.look(beat, now_s);
    REQUIRE_FALSE(watch.stalled());
  }
}
