#include "orchestrator/supervisor.h"

#include <algorithm>

#include "base/error.h"
#include "orchestrator/prepare_attempt.h"
#include "tests/orchestrator/supervised_sweep.h"

#include <doctest/doctest.h>

using namespace radsweep;
using namespace radsweep::orchestrator;
using radsweep::test::FakeAttempt;
using radsweep::test::SupervisedSweep;
using Calls = std::vector<std::string>;

namespace {

bool told(const SupervisedSweep& sweep, const std::string& text) {
  const auto& lines = sweep.progress.lines;
  return std::any_of(lines.begin(), lines.end(), [&text](const std::string& line) {
    return line.find(text) != std::string::npos;
  });
}

// An attempt as an orchestrator leaves it that died right after the spawn.
db::Claim left_open(SupervisedSweep& sweep) {
  const db::Claim claim = sweep.queue.claim_next("cpu:0").value();
  prepare_attempt(sweep.store.attempt(claim.name, claim.fence.attempt), claim,
                  sweep.planned.front().spec, {});
  return claim;
}

}  // namespace

TEST_CASE("the most expensive runs start first and every free slot is filled at once") {
  SupervisedSweep sweep(5, 2, [](const attempt::Spec& spec) {
    FakeAttempt plan;
    plan.seconds = spec.run == "32-tiny-s1" ? 100 : 10;
    return plan;
  });
  CHECK(sweep.run() == SweepEnd::complete);
  CHECK(sweep.launcher.calls == Calls{"start 32-tiny-s1/1", "start 32-tiny-s2/1",
                                      "start 32-tiny-s3/1", "start 32-tiny-s4/1",
                                      "start 32-tiny-s5/1"});
  CHECK(sweep.launcher.most_at_once == 2);
  CHECK(sweep.clock.elapsed_s() == doctest::Approx(100));
  CHECK(sweep.queue.counts().done == 5);
}

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
        claim.fence, {claim.name, claim.identity, claim.fence.attempt}, 0, end, Asked::nothing,
        false};
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

TEST_CASE("a later attempt is told the folders of all older ones, newest first") {
  SupervisedSweep sweep(1, 1, [](const attempt::Spec& spec) {
    FakeAttempt plan;
    if (spec.attempt < 3) plan.ends = FakeAttempt::Ends::killed;
    return plan;
  });
  CHECK(sweep.run() == SweepEnd::complete);
  CHECK(attempt::read_spec(sweep.store.attempt("32-tiny-s1", 3)).resume_from ==
        std::vector<std::string>{"../2", "../1"});
}

TEST_CASE("a run that cannot be started fails alone") {
  SupervisedSweep sweep(3, 1);
  sweep.launcher.cannot_start = {"32-tiny-s2"};
  CHECK(sweep.run() == SweepEnd::complete);
  CHECK(sweep.state(2) == "failed");
  CHECK(sweep.queue.counts().done == 2);
}

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

TEST_CASE("a worker whose steps stand still is told of, stopped, and its failure is a hang") {
  SupervisedSweep sweep(1, 1, [](const attempt::Spec& spec) {
    FakeAttempt plan;
    plan.seconds = spec.attempt == 1 ? 1e6 : 10;
    plan.stands_still_after_s = 30;
    plan.ignores_term = true;
    return plan;
  });
  CHECK(sweep.run() == SweepEnd::complete);
  CHECK(told(sweep, "stalled"));
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

TEST_CASE("an attempt left open whose worker lives is adopted, not started again") {
  SupervisedSweep sweep(2, 1);
  const db::Claim claim = left_open(sweep);
  sweep.launcher.living = {claim.name};
  Supervisor supervisor = sweep.supervisor();
  supervisor.take_over(sweep.queue.open_attempts());
  CHECK(supervisor.run() == SweepEnd::complete);
  CHECK(sweep.launcher.calls == Calls{"adopt 32-tiny-s1", "start 32-tiny-s2/1"});
  CHECK(sweep.launcher.most_at_once == 1);
}

TEST_CASE("an attempt left open at any point before its worker lived is lost without a failure") {
  SupervisedSweep sweep(1, 1);
  SUBCASE("right after the claim") {
    sweep.queue.claim_next("cpu:0");
  }
  SUBCASE("after its folder was made") {
    left_open(sweep);
  }
  Supervisor supervisor = sweep.supervisor();
  supervisor.take_over(sweep.queue.open_attempts());
  CHECK(supervisor.run() == SweepEnd::complete);
  CHECK(sweep.launcher.calls == Calls{"start 32-tiny-s1/2"});
  CHECK(sweep.newest(1, "failures") == "0");
  CHECK(sweep.value("SELECT outcome FROM attempt WHERE attempt = 1") == "lost");
}

TEST_CASE("a run asked to stop before the orchestrator died is stopped by the next one") {
  SupervisedSweep sweep(1, 1);
  const db::Claim claim = left_open(sweep);
  sweep.queue.cancel(claim.name);
  sweep.launcher.living = {claim.name};
  Supervisor supervisor = sweep.supervisor();
  supervisor.take_over(sweep.queue.open_attempts());
  CHECK(supervisor.run() == SweepEnd::complete);
  CHECK(sweep.launcher.calls == Calls{"adopt 32-tiny-s1", "term 32-tiny-s1"});
  CHECK(sweep.state(1) == "cancelled");
}

TEST_CASE("a folder that exists already is passed over, never written into") {
  SupervisedSweep sweep(1, 1);
  std::filesystem::create_directories(sweep.store.attempt("32-tiny-s1", 1));
  CHECK(sweep.run() == SweepEnd::complete);
  CHECK(sweep.launcher.calls == Calls{"start 32-tiny-s1/2"});
  CHECK(std::filesystem::is_empty(sweep.store.attempt("32-tiny-s1", 1)));
}

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
  CHECK_THROWS_WITH_AS(sweep.run(), doctest::Contains("GPU 0 is not used for an hour"), Error);
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

TEST_CASE("a worker adopted on a slot that the plan lacks is shown while it lives") {
  SupervisedSweep sweep(1, 1);
  sweep.plans[0] = {"cpu:7", "cpu:7", {}};
  sweep.launcher.living = {left_open(sweep).name};
  Supervisor supervisor = sweep.supervisor();
  supervisor.take_over(sweep.queue.open_attempts());
  std::size_t most_slots = 0;
  sweep.launcher.after_wait = [&] {
    most_slots = std::max(most_slots, sweep.progress.newest.slots.size());
  };
  CHECK(supervisor.run() == SweepEnd::complete);
  CHECK(most_slots == 2);
  CHECK(sweep.progress.newest.slots.size() == 1);
}

TEST_CASE("what is shown are counts, cells, slots and the time to the end") {
  SupervisedSweep sweep(4, 2);
  sweep.run();
  CHECK(sweep.progress.newest.counts.done == 4);
  REQUIRE(sweep.progress.newest.cells.size() == 1);
  CHECK(sweep.progress.newest.cells[0].total == 4);
  CHECK(*sweep.progress.newest.cells[0].auc_mean == doctest::Approx(0.75));
  CHECK(sweep.progress.newest.slots.size() == 2);
  CHECK(sweep.progress.newest.slots[0].run.empty());
  CHECK(*sweep.progress.newest.eta_s == 0);
}

TEST_CASE("the time to the end counts only the steps seen since a worker was adopted") {
  SupervisedSweep sweep(1, 1, [](const attempt::Spec&) {
    FakeAttempt plan;
    plan.first_step = 60;
    plan.total_steps = 100;
    plan.seconds = 40;
    return plan;
  });
  sweep.launcher.living = {left_open(sweep).name};
  std::optional<double> eta_s;
  sweep.launcher.after_wait = [&] {
    if (sweep.clock.elapsed_s() < 11) eta_s = sweep.progress.newest.eta_s;
  };
  Supervisor supervisor = sweep.supervisor();
  supervisor.take_over(sweep.queue.open_attempts());
  CHECK(supervisor.run() == SweepEnd::complete);
  CHECK(eta_s.value() == doctest::Approx(31).epsilon(0.1));
}
