// Supervisor: runs that do worse than others are stopped where the sweep file wants that.
#include <doctest/doctest.h>

#include "base/error.h"
#include "db/connection.h"
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
  // As an earlier orchestrator did it, so many epochs ago.
  void claim_and_ingest(int seed, int epochs) {
    const db::Claim claim = queue.claim_next("cpu:" + std::to_string(seed - 1)).value();
    const auto attempt_folder = store.attempt(claim.name, claim.fence.attempt);
    prepare_attempt(attempt_folder, claim, planned[static_cast<std::size_t>(seed - 1)].spec, {});
    tell_all(seed, epochs);
    ingest_events(database, queue, claim.fence, attempt_folder, 0);
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
  sweep.launcher.after_wait = [&] {
    const double now_s = sweep.clock.elapsed_s();
    if (now_s == 1) {
      for (int seed = 1; seed <= 3; ++seed) sweep.tell_all(seed, 2);
    } else if (now_s == 5) {
      REQUIRE(sweep.state(3) == "cancelled");
      CHECK_FALSE(sweep.queue.retry("32-tiny-s3"));
    } else if (now_s == 8) {
      for (int seed = 1; seed <= 2; ++seed) sweep.tell(seed, 1, 2, 0.9);
      sweep.tell(3, 2, 2, 0.1);
    }
  };
  CHECK(sweep.run() == SweepEnd::complete);
  CHECK(sweep.state(3) == "done");
  CHECK(sweep.newest(3, "attempts") == "2");
}

TEST_CASE("what a run told right before it ended counts for those that are judged later") {
  ToldSweep sweep(2, 2, MedianRule{0, 1}, [](const attempt::Spec& spec) {
    FakeAttempt plan;
    plan.seconds = spec.run == "32-tiny-s1" ? 5 : 65;
    if (spec.run == "32-tiny-s1") plan.ends = FakeAttempt::Ends::failed;
    return plan;
  });
  sweep.launcher.after_wait = [&] {
    if (sweep.clock.elapsed_s() == 5) sweep.tell(1, 1, 0, 0.8);
    if (sweep.clock.elapsed_s() == 6) sweep.tell(2, 1, 0, 0.1);
  };
  sweep.run();
  CHECK(sweep.reason(2) == "epoch 0: 0.1 is below 0.8, the median of 1 other run");
}

TEST_CASE("the next orchestrator knows what runs told before it, also those that wait for a slot") {
  ToldSweep sweep(4, 1, MedianRule{1, 3});
  for (int seed = 1; seed <= 4; ++seed) sweep.claim_and_ingest(seed, seed == 4 ? 2 : 3);
  for (const db::OpenAttempt& open : sweep.queue.open_attempts()) {
    if (open.name == "32-tiny-s4") continue;
    sweep.queue.release(open.fence, "stopped", "checkpointed and left");
  }
  sweep.launcher.living.insert("32-tiny-s4");
  sweep.launcher.after_wait = [&] {
    if (sweep.clock.elapsed_s() == 1) sweep.tell(4, 1, 2, 0.1);
  };
  Supervisor supervisor = sweep.supervisor();
  supervisor.take_over(sweep.queue.open_attempts());
  CHECK(supervisor.run() == SweepEnd::complete);
  CHECK(sweep.reason(4) == "epoch 2: 0.5 is below 0.7, the median of 3 other runs");
}

TEST_CASE("the next orchestrator judges no epoch a second time") {
  ToldSweep sweep(2, 2, AshaRule{1, 3});
  for (int seed = 1; seed <= 2; ++seed) {
    sweep.claim_and_ingest(seed, 1);  // 2 got there first, so it went on
    sweep.launcher.living.insert(SupervisedSweep::plan(seed).row.name);
  }
  sweep.launcher.after_wait = [&] {
    if (sweep.clock.elapsed_s() == 1) sweep.tell(2, 1, 1, 0.5);  // no rung
  };
  Supervisor supervisor = sweep.supervisor();
  supervisor.take_over(sweep.queue.open_attempts());
  CHECK(supervisor.run() == SweepEnd::complete);
  CHECK(sweep.state(2) == "done");
  CHECK(sweep.reason(2) == "none");
}

TEST_CASE("an epoch is stored with its verdict or not at all, so the next orchestrator judges it") {
  ToldSweep sweep(2, 2, AshaRule{1, 3});
  sweep.claim_and_ingest(1, 1);
  sweep.claim_and_ingest(2, 0);
  sweep.launcher.living = {"32-tiny-s1", "32-tiny-s2"};
  sweep.tell(2, 1, 0, 0.1);
  sweep.database.connection().exec(
      "CREATE TRIGGER dies BEFORE INSERT ON event WHEN NEW.kind = 'pruned'"
      " BEGIN SELECT RAISE(ABORT, 'killed'); END");
  Supervisor supervisor = sweep.supervisor();
  supervisor.take_over(sweep.queue.open_attempts());
  CHECK_THROWS_WITH_AS(supervisor.run(), doctest::Contains("killed"), Error);
  CHECK(sweep.value("SELECT count(*) FROM epochs WHERE run_id = '32-tiny-s1'") != "0");
  CHECK(sweep.value("SELECT count(*) FROM epochs WHERE run_id = '32-tiny-s2'") == "0");
  CHECK(sweep.value("SELECT max(ingested_bytes) FROM attempt WHERE run_id = 2") == "0");
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

TEST_CASE("runs that failed or were cancelled are no measure for the others") {
  ToldSweep sweep(3, 3);
  PruneWatch before(sweep.database, {MedianRule{1, 2}}), after = before;
  for (int seed = 1; seed <= 3; ++seed) sweep.claim_and_ingest(seed, 2);
  const auto open = sweep.queue.open_attempts();
  const auto verdict = [&](PruneWatch& watch) {
    for (const db::OpenAttempt& run : open) watch.note(run.fence.run_id);
    return watch.verdict(open.at(2).fence.run_id, std::nullopt);
  };
  CHECK(verdict(before).value_or("nothing") ==
        "epoch 1: 0.6 is below 0.75, the median of 2 other runs");
  SUBCASE("failed") {
    sweep.queue.fail(open.at(0).fence, {"bug", "told to fail", "", 70, {}}, std::nullopt, 1);
  }
  SUBCASE("cancelled") {
    sweep.queue.cancel("32-tiny-s1");
  }
  CHECK_FALSE(verdict(after));
}
