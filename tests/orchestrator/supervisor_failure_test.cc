// Supervisor: what follows from a failure, a stall or a clock that jumps.
#include "orchestrator/supervisor.h"

#include <algorithm>

#include "tests/orchestrator/supervised_sweep.h"

#include <doctest/doctest.h>

using namespace radsweep;
using namespace radsweep::orchestrator;
using radsweep::test::FakeAttempt;
using radsweep::test::SupervisedSweep;
using Calls = std::vector<std::string>;

TEST_CASE("a poisoned run is tried with growing pauses, then fails, while 29 others finish") {
  SupervisedSweep sweep(30, 5, [](const attempt::Spec& spec) {
    FakeAttempt plan;
    if (spec.run == "32-tiny-s7") plan.ends = FakeAttempt::Ends::failed;
    return plan;
  });
  CHECK(sweep.run() == SweepEnd::complete);
  CHECK(sweep.queue.counts().done == 29);
  CHECK(sweep.state(7) == "failed");
  CHECK(sweep.newest(7, "attempts") == "3");
  CHECK(sweep.newest(7, "error") == "told to fail");
  // 30 s and 120 s, each at least 80 % of that
  CHECK(sweep.clock.elapsed_s() > 3 * 10 + 0.8 * 150);
}

TEST_CASE("a worker that crashes counts as a failure of its run and is tried again") {
  SupervisedSweep sweep(1, 1, [](const attempt::Spec& spec) {
    FakeAttempt plan;
    plan.signal = 11;
    if (spec.attempt == 1) plan.ends = FakeAttempt::Ends::killed;
    return plan;
  });
  CHECK(sweep.run() == SweepEnd::complete);
  CHECK(sweep.newest(1, "failures") == "1");
  CHECK(sweep.value("SELECT error_class || term_signal FROM attempt WHERE attempt = 1") ==
        "signal11");
}

TEST_CASE("a killed worker is not charged to its run as long as the run advances") {
  SupervisedSweep sweep(1, 1, [](const attempt::Spec& spec) {
    FakeAttempt plan;
    plan.seconds = 10 * std::min(spec.attempt, 6);
    if (spec.attempt < 10) plan.ends = FakeAttempt::Ends::killed;
    return plan;
  });
  CHECK(sweep.run() == SweepEnd::complete);
  CHECK(sweep.state(1) == "failed");
  // attempts 1 to 6 advanced, 7 to 9 did not
  CHECK(sweep.newest(1, "attempts") == "9");
  CHECK(sweep.newest(1, "failures") == "3");
}

TEST_CASE("a worker that leaves by itself three times without progress counts as failed") {
  SupervisedSweep sweep(1, 1);
  const auto leave = [&sweep](const db::Claim& claim) {
    WorkerEnd end{.fence = claim.fence};
    end.exit_code = 75;
    const EndedAttempt ended{
        claim.fence, {claim.name, claim.identity, claim.fence.attempt}, 0, end, Asked::nothing, {}};
    attempt::Beat beat;
    beat.step = 5;
    const auto folder = sweep.store.attempt(claim.name, claim.fence.attempt);
    std::filesystem::create_directories(folder);
    attempt::write_beat(folder, beat);
    return settle_attempt(
               {sweep.store, sweep.database, sweep.queue, sweep.clock, sweep.options.retry}, ended)
        .kind;
  };
  for (int attempt = 1; attempt <= 3; ++attempt) {
    CHECK(leave(*sweep.queue.claim_next("cpu:0")) == AttemptEnd::Kind::stopped);
  }
  CHECK(leave(*sweep.queue.claim_next("cpu:0")) == AttemptEnd::Kind::failed);
  CHECK(sweep.state(1) == "waiting");
}

TEST_CASE("a worker whose steps stand still is told of, stopped, and its failure is a hang") {
  SupervisedSweep sweep(1, 1, [](const attempt::Spec& spec) {
    FakeAttempt plan;
    plan.seconds = spec.attempt == 1 ? 1e6 : 10;
    plan.stands_still_after_s = 30;
    plan.ignores_term = true;
    return plan;
  });
  CHECK(sweep.run() == SweepEnd::complete);
  CHECK(sweep.told("stalled"));
  CHECK(sweep.value("SELECT error_class FROM attempt WHERE attempt = 1") == "hang");
  // 30 s of steps, 10 min of silence, 120 s of grace, then the retry
  CHECK(sweep.clock.elapsed_s() > 30 + 600 + 120);
  CHECK(sweep.clock.elapsed_s() < 30 + 600 + 120 + 60);
}

TEST_CASE("a first step of 20 minutes is not a hang") {
  SupervisedSweep sweep(1, 1, [](const attempt::Spec&) {
    FakeAttempt plan;
    plan.seconds = 1200;
    plan.stands_still_after_s = 0;
    return plan;
  });
  CHECK(sweep.run() == SweepEnd::complete);
  CHECK(sweep.state(1) == "done");
}

TEST_CASE("a jump of the wall clock kills no worker") {
  SupervisedSweep sweep(1, 1, [](const attempt::Spec&) {
    FakeAttempt plan;
    plan.seconds = 100;
    return plan;
  });
  double jump_s = 3600;
  SUBCASE("forward") {}
  SUBCASE("back") {
    jump_s = -3600;
  }
  bool jumped = false;
  sweep.launcher.after_wait = [&] {
    if (!jumped && sweep.clock.elapsed_s() > 50) {
      sweep.clock.jump_wall(jump_s);
      jumped = true;
    }
  };
  CHECK(sweep.run() == SweepEnd::complete);
  CHECK(sweep.launcher.calls == Calls{"start 32-tiny-s1/1"});
}

TEST_CASE(
    "an attempt that takes longer than the user allows is stopped, and its run continues later") {
  SupervisedSweep sweep(1, 1, [](const attempt::Spec& spec) {
    FakeAttempt plan;
    plan.seconds = spec.attempt == 1 ? 1e6 : 10;
    return plan;
  });
  sweep.options.retry.time_limit_h = 1;
  CHECK(sweep.run() == SweepEnd::complete);
  CHECK(sweep.told("reached its time limit"));
  CHECK(sweep.value("SELECT error_class FROM attempt WHERE attempt = 1") == "time_limit");
  CHECK(sweep.newest(1, "failures") == "1");
  CHECK(sweep.state(1) == "done");
  CHECK(sweep.clock.elapsed_s() > 3600);
  CHECK(sweep.clock.elapsed_s() < 3700);
}

TEST_CASE(
    "what a full disk ended is not charged, also when there is room again before it is seen") {
  SupervisedSweep sweep(1, 1, [](const attempt::Spec& spec) {
    FakeAttempt plan;
    plan.seconds = 25;
    plan.error_class = "disk";
    if (spec.attempt == 1) plan.ends = FakeAttempt::Ends::failed;
    return plan;
  });
  double full_until_s = 20;
  std::string expected = "0";
  SUBCASE("a moment before") {}
  SUBCASE("never, and then it is the run's own failure") {
    full_until_s = 0;
    expected = "1";
  }
  sweep.options.lack_of_room = [&]() -> std::optional<std::string> {
    const double now_s = sweep.clock.elapsed_s();
    if (now_s > 5 && now_s < full_until_s) return "none free";
    return std::nullopt;
  };
  CHECK(sweep.run() == SweepEnd::complete);
  CHECK(sweep.newest(1, "failures") == expected);
}

namespace {

// Runs on slots that are GPUs; the attempts up to `failing` of each run end in a device error.
struct GpuSweep : SupervisedSweep {
  GpuSweep(int runs, int gpus, int failing)
      : SupervisedSweep(runs, gpus, [failing](const attempt::Spec& spec) {
          FakeAttempt plan;
          plan.error_class = "device";
          if (spec.attempt <= failing) plan.ends = FakeAttempt::Ends::failed;
          return plan;
        }) {
    for (SlotPlan& plan : plans) plan.name = "GPU-" + plan.name;
  }
};

}  // namespace

TEST_CASE("devices that fail are no reason to stop the sweep early") {
  GpuSweep sweep(kSameFailures + 1, kSameFailures + 1, 1);
  CHECK(sweep.run() == SweepEnd::complete);
  CHECK(sweep.value("SELECT sum(failures) FROM runs") == "0");
}

TEST_CASE("a run on which device after device fails is charged from the third on") {
  GpuSweep sweep(1, 4, 3);
  CHECK(sweep.run() == SweepEnd::complete);
  CHECK(sweep.newest(1, "attempts") == "4");
  CHECK(sweep.newest(1, "failures") == "1");
}

TEST_CASE("a run whose pause was set by a clock that went wrong is taken up all the same") {
  SupervisedSweep sweep(1, 1);
  const db::Claim claim = *sweep.queue.claim_next("cpu:0");
  sweep.queue.fail(claim.fence, {"bug", "told to fail", "", {}, {}},
                   sweep.clock.wall_ms() + 30LL * 24 * 3600 * 1000, 3);
  CHECK(sweep.run() == SweepEnd::complete);
  CHECK(sweep.state(1) == "done");
  CHECK(sweep.clock.elapsed_s() < 24 * 3600);
}
