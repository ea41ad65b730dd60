// Supervisor: slots and devices that fail, or that somebody else uses.
#include "orchestrator/supervisor.h"

#include <algorithm>

#include "base/error.h"
#include "tests/orchestrator/supervised_sweep.h"

#include <doctest/doctest.h>

using namespace radsweep;
using namespace radsweep::orchestrator;
using radsweep::test::FakeAttempt;
using radsweep::test::SupervisedSweep;

TEST_CASE("a failing GPU rests, its run goes on elsewhere and is not charged") {
  SupervisedSweep sweep(3, 0, [](const attempt::Spec& spec) {
    FakeAttempt plan;
    if (spec.slot.gpu_uuid == "GPU-bad") {
      plan.ends = FakeAttempt::Ends::failed;
      plan.error_class = "device";
      plan.seconds = 1;
    }
    return plan;
  });
  for (const char* uuid : {"GPU-bad", "GPU-good"}) {
    attempt::Slot slot;
    slot.gpu_uuid = uuid;
    sweep.plans.push_back({uuid, uuid, slot});
  }
  CHECK(sweep.run() == SweepEnd::complete);
  CHECK(sweep.queue.counts().done == 3);
  CHECK(sweep.value("SELECT sum(failures) FROM runs") == "0");
  CHECK(std::count(sweep.launcher.calls.begin(), sweep.launcher.calls.end(),
                   "start 32-tiny-s1/2") == 1);
}

TEST_CASE("a machine whose every GPU keeps failing ends the sweep as unusable") {
  SupervisedSweep sweep(9, 0, [](const attempt::Spec&) {
    FakeAttempt plan;
    plan.ends = FakeAttempt::Ends::failed;
    plan.error_class = "device";
    plan.seconds = 1;
    return plan;
  });
  attempt::Slot slot;
  slot.gpu_uuid = "GPU-bad";
  sweep.plans.push_back({"GPU-bad", "GPU 0", slot});
  CHECK_THROWS_WITH_AS(
      sweep.run(), doctest::Contains("GPU 0 is not used: it failed again and rests for an hour"),
      Error);
}

TEST_CASE(
    "a machine whose only GPU is defective ends the sweep as unusable, at once and saying why") {
  SupervisedSweep sweep(1, 1);
  sweep.options.slot_problem = [](const SlotPlan&) {
    return GpuProblem{GpuProblem::Kind::quarantined, "3 uncorrected memory errors"};
  };
  try {
    sweep.run();
    FAIL("it waits for a GPU that will not come back");
  } catch (const Error& error) {
    CHECK(error.code() == ExitCode::environment);
    CHECK(error.why() == "cpu:0 is not used: 3 uncorrected memory errors");
  }
  CHECK(sweep.clock.elapsed_s() < 2);
}

TEST_CASE("a slot that somebody else uses is waited for, and the wait is told of once") {
  SupervisedSweep sweep(1, 1);
  std::string shown;
  sweep.options.slot_problem = [&](const SlotPlan&) -> std::optional<GpuProblem> {
    if (!sweep.progress.newest.slots.empty()) shown = sweep.progress.newest.slots[0].problem;
    if (sweep.clock.elapsed_s() >= 60) return std::nullopt;
    return GpuProblem{GpuProblem::Kind::foreign, "process 4711 computes on it"};
  };
  CHECK(sweep.run() == SweepEnd::complete);
  CHECK(sweep.clock.elapsed_s() >= 70);
  const auto& lines = sweep.progress.lines;
  CHECK(std::count(lines.begin(), lines.end(), "cpu:0 is not used: process 4711 computes on it") ==
        1);
  CHECK(shown == "process 4711 computes on it");
}

TEST_CASE("a slot on which every run fails is set aside, and the others finish the sweep") {
  SupervisedSweep sweep(12, 2, [](const attempt::Spec& spec) {
    FakeAttempt plan;
    if (spec.slot.cpus == std::vector<int>{1}) plan = {1, FakeAttempt::Ends::failed};
    return plan;
  });
  sweep.plans[1].slot.cpus = {1};
  CHECK(sweep.run() == SweepEnd::complete);
  CHECK(sweep.queue.counts().done == 12);
  CHECK(sweep.told("runs in a row failed on it and not elsewhere"));
}

TEST_CASE("a slot is not set aside for failures that a run brings along") {
  SupervisedSweep sweep(12, 2, [](const attempt::Spec& spec) {
    FakeAttempt plan;
    if (spec.slot.cpus == std::vector<int>{1}) {
      plan = {1, FakeAttempt::Ends::failed};
      plan.error_class = "out_of_memory";
    }
    return plan;
  });
  sweep.plans[1].slot.cpus = {1};
  sweep.run();
  CHECK_FALSE(sweep.told("runs in a row failed on it and not elsewhere"));
}
