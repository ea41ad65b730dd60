// Supervisor: runs that do worse than others are stopped where the sweep file wants that.
#include <doctest/doctest.h>

#include "db/pruned.h"
#include "orchestrator/ingest.h"
#include "tests/orchestrator/supervised_sweep.h"
#include "worker/attempt/events.h"

using namespace radsweep;
using namespace radsweep::orchestrator;
using radsweep::test::FakeAttempt;
using radsweep::test::SupervisedSweep;
using Calls = std::vector<std::string>;

namespace {

FakeAttempt of_a_minute(const attempt::Spec&) {
  FakeAttempt plan;
  plan.seconds = 65;
  return plan;
}

struct ToldSweep : SupervisedSweep {
  explicit ToldSweep(int runs, int slots, PruneRule rule = MedianRule{1, 2},
                     test::FakeLauncher::Script script = of_a_minute)
      : SupervisedSweep(runs, slots, std::move(script)) {
    options.prune = PruneOptions{rule};
  }

  void tell(int seed, int attempt, int epoch, double auc) {
    attempt::EpochRecord record;
    record.epoch = epoch;
    record.phase = "full";
    record.valid_auc = auc;
    attempt::EventLog(store.attempt("32-tiny-s" + std::to_string(seed), attempt)).epoch(record, {});
  }
  // A higher seed does worse: 0.8, 0.7, ... in each of these epochs.
  void tell_all(int seed, int epochs) {
    for (int epoch = 0; epoch < epochs; ++epoch) tell(seed, 1, epoch, 0.9 - 0.1 * seed);
  }
  void at_one_second_all_tell(int epochs) {
    launcher.after_wait = [this, epochs] {
      if (clock.elapsed_s() != 1) return;
      for (int seed = 1; seed <= static_cast<int>(planned.size()); ++seed) tell_all(seed, epochs);
    };
  }
  std::string reason(int seed) {
    return value("SELECT detail FROM event JOIN run ON run.id = event.run_id WHERE seed = " +
                 std::to_string(seed) + " AND kind = 'pruned'");
  }
};

}  // namespace

TEST_CASE("a run below the median of the others is asked to leave and never started again") {
  ToldSweep sweep(4, 4, MedianRule{1, 3});
  sweep.at_one_second_all_tell(2);
  CHECK(sweep.run() == SweepEnd::complete);
  CHECK(sweep.queue.counts().done == 3);
  CHECK(sweep.state(4) == "cancelled");
  CHECK(sweep.reason(4) == "epoch 1: 0.5 is below 0.7, the median of 3 other runs");
  CHECK(sweep.told("32-tiny-s4 is pruned: epoch 1: 0.5 is below 0.7"));
  CHECK(sweep.launcher.calls.back() == "term 32-tiny-s4");
  CHECK(sweep.newest(4, "failures") == "0");
  CHECK(sweep.run() == SweepEnd::complete);
  CHECK(sweep.launcher.calls.back() == "term 32-tiny-s4");
}

TEST_CASE("without prune every run goes to its end") {
  ToldSweep sweep(4, 4);
  sweep.options.prune.reset();
  sweep.at_one_second_all_tell(2);
  CHECK(sweep.run() == SweepEnd::complete);
  CHECK(sweep.queue.counts().done == 4);
}

TEST_CASE("a pruned worker that does not leave is killed after the grace, and still pruned") {
  ToldSweep sweep(3, 3, MedianRule{1, 2}, [](const attempt::Spec&) {
    FakeAttempt plan;
    plan.seconds = 1000;
    plan.ignores_term = true;
    return plan;
  });
  sweep.options.grace_s = 20;
  sweep.at_one_second_all_tell(2);
  CHECK(sweep.run() == SweepEnd::complete);
  CHECK(sweep.launcher.calls.back() == "kill 32-tiny-s3");
  CHECK(sweep.state(3) == "cancelled");
  CHECK(db::read_pruned(sweep.database).size() == 1);
}

TEST_CASE("who has told its last epoch is not stopped any more") {
  ToldSweep sweep(3, 3);
  sweep.at_one_second_all_tell(7);
  CHECK(sweep.run() == SweepEnd::complete);
  CHECK(sweep.queue.counts().done == 3);
}

TEST_CASE("asha stops at a rung what is not in the best part of it") {
  ToldSweep sweep(2, 2, AshaRule{1, 3});
  sweep.at_one_second_all_tell(1);
  CHECK(sweep.run() == SweepEnd::complete);
  CHECK(sweep.reason(2) ==
        "epoch 0: 0.7 is below 0.8, which is needed to be among the best 1 of 2 runs");
}

TEST_CASE("a retried run is not stopped again") {
  ToldSweep sweep(3, 3);
  sweep.at_one_second_all_tell(2);
  sweep.run();
  REQUIRE(sweep.state(3) == "cancelled");
  CHECK_FALSE(sweep.queue.retry("32-tiny-s3"));
  const double retried_s = sweep.clock.elapsed_s();
  sweep.launcher.after_wait = [&] {
    if (sweep.clock.elapsed_s() != retried_s + 1) return;
    for (int epoch = 0; epoch < 5; ++epoch) sweep.tell(3, 2, epoch, 0.1);
  };
  CHECK(sweep.run() == SweepEnd::complete);
  CHECK(sweep.value("SELECT max(epoch) FROM epochs WHERE seed = 3") != "none");
  CHECK(sweep.state(3) == "done");
}

TEST_CASE("the next orchestrator knows what runs told before it, and judges it no second time") {
  ToldSweep sweep(4, 4, MedianRule{1, 3});
  for (int seed = 1; seed <= 4; ++seed) {
    const db::Claim claim = sweep.queue.claim_next("cpu:" + std::to_string(seed - 1)).value();
    prepare_attempt(sweep.store.attempt(claim.name, 1), claim,
                    sweep.planned[static_cast<std::size_t>(seed - 1)].spec, {});
    sweep.launcher.living.insert(claim.name);
    sweep.tell_all(seed, 2);
    ingest_events(sweep.database, sweep.queue, claim.fence, sweep.store.attempt(claim.name, 1), 0);
  }
  int waits = 0;
  sweep.launcher.after_wait = [&] {
    if (++waits == 3) {
      CHECK(sweep.state(4) == "running");  // its two epochs were judged by whoever read them
      for (int seed = 1; seed <= 4; ++seed) sweep.tell(seed, 1, 2, 0.9 - 0.1 * seed);
    }
  };
  Supervisor supervisor = sweep.supervisor();
  supervisor.take_over(sweep.queue.open_attempts());
  CHECK(supervisor.run() == SweepEnd::complete);
  CHECK(sweep.state(4) == "cancelled");
  CHECK(sweep.reason(4) == "epoch 2: 0.5 is below 0.7, the median of 3 other runs");
}

TEST_CASE("an orchestrator that died after recording it leaves a run that the next one stops") {
  ToldSweep sweep(1, 1);
  const db::Claim claim = sweep.left_open();
  sweep.queue.prune(claim.fence, "epoch 3: 0.7 is below 0.8");
  sweep.launcher.living.insert(claim.name);
  Supervisor supervisor = sweep.supervisor();
  supervisor.take_over(sweep.queue.open_attempts());
  CHECK(supervisor.run() == SweepEnd::complete);
  CHECK(sweep.launcher.calls == Calls{"adopt 32-tiny-s1", "term 32-tiny-s1"});
  CHECK(sweep.state(1) == "cancelled");
  CHECK(db::read_pruned(sweep.database).size() == 1);
}
