// Supervisor: when no new run is started although runs and slots are there.
#include <algorithm>

#include "db/outlook.h"
#include "tests/orchestrator/supervised_sweep.h"

#include <doctest/doctest.h>

using namespace radsweep;
using namespace radsweep::orchestrator;
using radsweep::test::FakeAttempt;
using radsweep::test::SupervisedSweep;

namespace {

FakeAttempt failing(const attempt::Spec&) {
  FakeAttempt plan;
  plan.ends = FakeAttempt::Ends::failed;
  return plan;
}

int started(const SupervisedSweep& sweep) {
  return static_cast<int>(
      std::count_if(sweep.launcher.calls.begin(), sweep.launcher.calls.end(),
                    [](const std::string& call) { return call.rfind("start", 0) == 0; }));
}

}  // namespace

TEST_CASE(
    "a sweep whose first runs all fail alike is stopped early, and says so to who asks later") {
  SupervisedSweep sweep(30, 2, failing);
  CHECK(sweep.run() == SweepEnd::halted);
  CHECK(started(sweep) <= kSameFailures + 1);  // two slots
  CHECK(sweep.told("no new run is started: the first 5 runs all failed in the same way"));
  CHECK(db::read_outlook(sweep.database).halted->find("told to fail") != std::string::npos);
  CHECK(sweep.queue.counts().pending >= 30 - started(sweep));
}

TEST_CASE("a sweep with --max-failures ends after so many failed runs; what runs then goes on") {
  SupervisedSweep sweep(30, 2, [](const attempt::Spec& spec) {
    FakeAttempt plan = failing(spec);
    if (spec.run == "32-tiny-s1") plan = {.seconds = 1000};
    return plan;
  });
  sweep.options.max_failures = 2;
  sweep.options.retry.max_attempts = 1;
  CHECK(sweep.run() == SweepEnd::halted);
  CHECK(started(sweep) == 3);
  CHECK(sweep.state(1) == "done");
  CHECK(sweep.queue.counts().failed == 2);
  CHECK(sweep.queue.counts().pending == 27);
}

TEST_CASE("a sweep whose last run fails is complete, not stopped early") {
  SupervisedSweep sweep(2, 1, failing);
  sweep.options.max_failures = 2;
  CHECK(sweep.run() == SweepEnd::complete);
  CHECK(sweep.queue.counts().failed == 2);
}

TEST_CASE(
    "without room on the disk nothing is started; the sweep goes on by itself when there is") {
  SupervisedSweep sweep(2, 1);
  sweep.options.lack_of_room = [&]() -> std::optional<std::string> {
    if (sweep.clock.elapsed_s() < 5 || sweep.clock.elapsed_s() > 500) return std::nullopt;
    return "12 MB free, a run needs 740 MB";
  };
  std::string halted;
  sweep.launcher.after_wait = [&] {
    if (sweep.clock.elapsed_s() > 100 && halted.empty()) {
      halted = db::read_outlook(sweep.database).halted.value_or("not");
    }
  };
  CHECK(sweep.run() == SweepEnd::complete);
  CHECK(sweep.queue.counts().done == 2);
  CHECK(sweep.clock.elapsed_s() > 500);
  CHECK(halted == "12 MB free, a run needs 740 MB");
  CHECK_FALSE(db::read_outlook(sweep.database).halted);
  CHECK(std::count(sweep.progress.lines.begin(), sweep.progress.lines.end(),
                   "no new run is started: 12 MB free, a run needs 740 MB") == 1);
}

TEST_CASE("a failure of the disk is not charged to its run while the disk has no room") {
  bool full = true;
  SupervisedSweep sweep(1, 1, [&](const attempt::Spec& spec) {
    FakeAttempt plan = failing(spec);
    plan.error_class = "disk";
    if (spec.attempt > 1) plan = {};
    return plan;
  });
  SUBCASE("it has none") {}
  SUBCASE("it has some") {
    full = false;
  }
  sweep.options.lack_of_room = [&]() -> std::optional<std::string> {
    if (!full || sweep.launcher.calls.empty() || sweep.clock.elapsed_s() > 60) return std::nullopt;
    return "full";
  };
  CHECK(sweep.run() == SweepEnd::complete);
  CHECK(sweep.state(1) == "done");
  CHECK(sweep.newest(1, "failures") == (full ? "0" : "1"));
}

TEST_CASE("a worker that cannot write its beats on a full disk does not count as stalled") {
  SupervisedSweep sweep(1, 1, [](const attempt::Spec&) {
    FakeAttempt plan;
    plan.seconds = 5000;
    plan.stands_still_after_s = 30;
    return plan;
  });
  bool full = true;
  SUBCASE("full") {}
  SUBCASE("not full") {
    full = false;
  }
  sweep.options.lack_of_room = [&]() -> std::optional<std::string> {
    if (!full || sweep.clock.elapsed_s() < 20) return std::nullopt;
    return "full";
  };
  sweep.launcher.after_wait = [&] {
    if (sweep.clock.elapsed_s() > 4000) sweep.stop_requests = 1;
  };
  sweep.run();
  CHECK(sweep.told("is stalled") == !full);
}

TEST_CASE("slots that are not used are recorded with the reason, for who asks from outside") {
  SupervisedSweep sweep(1, 2);
  sweep.options.slot_problem = [](const SlotPlan& slot) -> std::optional<GpuProblem> {
    if (slot.name == "cpu:1") return std::nullopt;
    return GpuProblem{GpuProblem::Kind::foreign, "process 4711 computes on it"};
  };
  CHECK(sweep.run() == SweepEnd::complete);
  const auto slots = db::read_outlook(sweep.database).slots;
  REQUIRE(slots.size() == 2);
  CHECK(slots[0].problem == "process 4711 computes on it");
  CHECK(slots[1].problem.empty());
}
