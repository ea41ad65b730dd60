// Supervisor: asked to stop, workers leave; nothing is counted as a failure.
#include "orchestrator/supervisor.h"

#include "tests/orchestrator/supervised_sweep.h"

#include <doctest/doctest.h>

using namespace radsweep;
using namespace radsweep::orchestrator;
using radsweep::test::FakeAttempt;
using radsweep::test::SupervisedSweep;
using Calls = std::vector<std::string>;

TEST_CASE("asked to stop, workers get TERM, nothing new starts and no failure is counted") {
  SupervisedSweep sweep(4, 2);
  sweep.launcher.after_wait = [&] { sweep.stop_requests = sweep.clock.elapsed_s() >= 3 ? 1 : 0; };
  CHECK(sweep.run() == SweepEnd::stopped);
  CHECK(sweep.launcher.calls ==
        Calls{"start 32-tiny-s1/1", "start 32-tiny-s2/1", "term 32-tiny-s1", "term 32-tiny-s2"});
  CHECK(sweep.queue.counts().pending == 4);
  CHECK(sweep.value("SELECT sum(failures) FROM runs") == "0");
}

TEST_CASE("who ignores TERM is killed after the grace, not before, and released") {
  SupervisedSweep sweep(1, 1, [](const attempt::Spec&) {
    FakeAttempt plan;
    plan.seconds = 1e6;
    plan.ignores_term = true;
    return plan;
  });
  sweep.options.grace_s = 120;
  sweep.launcher.after_wait = [&] { sweep.stop_requests = sweep.clock.elapsed_s() >= 10 ? 1 : 0; };
  CHECK(sweep.run() == SweepEnd::stopped);
  CHECK(sweep.clock.elapsed_s() >= 130);
  CHECK(sweep.clock.elapsed_s() <= 133);
  CHECK(sweep.launcher.calls.back() == "kill 32-tiny-s1");
  CHECK(sweep.state(1) == "pending");
  CHECK(sweep.newest(1, "failures") == "0");
}

TEST_CASE("asked twice, workers are killed at once") {
  SupervisedSweep sweep(1, 1, [](const attempt::Spec&) {
    FakeAttempt plan;
    plan.seconds = 1e6;
    plan.ignores_term = true;
    return plan;
  });
  sweep.launcher.after_wait = [&] { ++sweep.stop_requests; };
  CHECK(sweep.run() == SweepEnd::interrupted);
  CHECK(sweep.clock.elapsed_s() <= 3);
  CHECK(sweep.state(1) == "pending");
}
