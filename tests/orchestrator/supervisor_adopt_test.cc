// Supervisor: attempts that an earlier orchestrator left open.
#include "orchestrator/supervisor.h"

#include <algorithm>

#include "tests/orchestrator/supervised_sweep.h"

#include <doctest/doctest.h>

using namespace radsweep;
using namespace radsweep::orchestrator;
using radsweep::test::FakeAttempt;
using radsweep::test::SupervisedSweep;
using Calls = std::vector<std::string>;

TEST_CASE("an attempt left open whose worker lives is adopted, not started again") {
  SupervisedSweep sweep(2, 1);
  const db::Claim claim = sweep.left_open();
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
    sweep.left_open();
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
  const db::Claim claim = sweep.left_open();
  sweep.queue.cancel(claim.name);
  sweep.launcher.living = {claim.name};
  Supervisor supervisor = sweep.supervisor();
  supervisor.take_over(sweep.queue.open_attempts());
  CHECK(supervisor.run() == SweepEnd::complete);
  CHECK(sweep.launcher.calls == Calls{"adopt 32-tiny-s1", "term 32-tiny-s1"});
  CHECK(sweep.state(1) == "cancelled");
}

TEST_CASE("a worker adopted on a slot that the plan lacks is shown while it lives") {
  SupervisedSweep sweep(1, 1);
  sweep.plans[0] = {"cpu:7", "cpu:7", {}};
  sweep.launcher.living = {sweep.left_open().name};
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

TEST_CASE("the time to the end counts only the steps seen since a worker was adopted") {
  SupervisedSweep sweep(1, 1, [](const attempt::Spec&) {
    FakeAttempt plan;
    plan.first_step = 60;
    plan.total_steps = 100;
    plan.seconds = 40;
    return plan;
  });
  sweep.launcher.living = {sweep.left_open().name};
  std::optional<double> eta_s;
  sweep.launcher.after_wait = [&] {
    if (sweep.clock.elapsed_s() < 11) eta_s = sweep.progress.newest.eta_s;
  };
  Supervisor supervisor = sweep.supervisor();
  supervisor.take_over(sweep.queue.open_attempts());
  CHECK(supervisor.run() == SweepEnd::complete);
  CHECK(eta_s.value() == doctest::Approx(31).epsilon(0.1));
}

TEST_CASE("the time limit of an adopted worker counts from its own start") {
  SupervisedSweep sweep(1, 1, [](const attempt::Spec& spec) {
    FakeAttempt plan;
    plan.seconds = spec.attempt == 1 ? 1e6 : 10;
    return plan;
  });
  sweep.options.retry.time_limit_h = 0.3;  // 1080 s; it is 1000 s old when it is adopted
  sweep.launcher.living = {sweep.left_open().name};
  Supervisor supervisor = sweep.supervisor();
  supervisor.take_over(sweep.queue.open_attempts());
  CHECK(supervisor.run() == SweepEnd::complete);
  CHECK(sweep.value("SELECT error_class FROM attempt WHERE attempt = 1") == "time_limit");
  CHECK(sweep.clock.elapsed_s() < 200);
}

// The database was restored from a copy that is older than the attempt.
TEST_CASE("an attempt whose folder is there before its claim is taken in, not trained again") {
  SupervisedSweep sweep(1, 1);
  const auto folder = sweep.store.attempt("32-tiny-s1", 1);
  prepare_attempt(folder, {{1, 1}, "32-tiny-s1", "identity-1", {}}, sweep.planned.front().spec, {});
  SUBCASE("its result is sealed") {
    attempt::Result result;
    result.run = "32-tiny-s1";
    result.identity = "identity-1";
    result.attempt = 1;
    attempt::write_result(folder, result);
    CHECK(sweep.run() == SweepEnd::complete);
    CHECK(sweep.launcher.calls.empty());
  }
  SUBCASE("its worker lives") {
    sweep.launcher.living = {"32-tiny-s1"};
    CHECK(sweep.run() == SweepEnd::complete);
    CHECK(sweep.launcher.calls == Calls{"adopt 32-tiny-s1"});
  }
  SUBCASE("it was left unfinished") {
    CHECK(sweep.run() == SweepEnd::complete);
    CHECK(sweep.launcher.calls == Calls{"start 32-tiny-s1/2"});
    CHECK(sweep.newest(1, "failures") == "0");
  }
  CHECK(sweep.state(1) == "done");
}
