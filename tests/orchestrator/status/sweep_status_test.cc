#include "orchestrator/status/sweep_status.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "db/run_queue.h"
#include "tests/orchestrator/report/sample_sweep.h"
#include "worker/attempt/alive_lock.h"
#include "worker/attempt/events.h"

using namespace radsweep;
using namespace radsweep::orchestrator;
using test::Fate;

namespace {

std::vector<test::SampleRun> some_runs() {
  return {{160, "densenet121", 1, Fate::done, 0.80},
          {160, "densenet121", 2, Fate::running, {}},
          {160, "densenet121", 3, Fate::failed, {}},
          {320, "densenet121", 1, Fate::pending, {}}};
}

bool any_contains(const std::vector<std::string>& lines, const std::string& piece) {
  for (const std::string& line : lines) {
    if (line.find(piece) != std::string::npos) return true;
  }
  return false;
}

// A worker as seen from outside: it holds its lock and beats.
attempt::AliveLock pretend_worker(const Store& store, const std::string& run) {
  std::filesystem::create_directories(store.attempt(run, 1));
  attempt::Beat beat;
  beat.step = 30;
  beat.total_steps = 120;
  beat.phase = "full";
  attempt::write_beat(store.attempt(run, 1), beat);
  return *attempt::AliveLock::take(store.attempt(run, 1));
}

}  // namespace

TEST_CASE("status without an orchestrator says so and names lost processes and failed runs") {
  test::SampleSweep sweep(some_runs());
  const Store store(sweep.folder().path());
  const SweepStatus status = read_status(store, sweep.database());
  CHECK_FALSE(status.owner.owned);
  CHECK(status.view.counts.done == 1);
  CHECK(status.view.counts.total() == 4);
  REQUIRE(status.live.size() == 1);
  CHECK_FALSE(status.live[0].process_lives);
  CHECK(status.view.slots.empty());
  const auto notes = status_notes(status);
  CHECK(any_contains(notes, "no orchestrator is running"));
  CHECK(any_contains(notes, "160-densenet121-s2 attempt 1 has no process any more"));
  CHECK(any_contains(notes, "160-densenet121-s3 failed after 1 attempt: nan: the loss"));
}

TEST_CASE(
    "status with an orchestrator and a worker shows the worker's beat and a time to the end") {
  test::SampleSweep sweep(some_runs());
  const Store store(sweep.folder().path());
  const auto lock = orchestrator::StoreLock::take(store);
  const auto worker = pretend_worker(store, "160-densenet121-s2");
  const SweepStatus status = read_status(store, sweep.database());
  CHECK(status.owner.owned);
  REQUIRE(status.view.slots.size() == 1);
  CHECK(status.view.slots[0].run == "160-densenet121-s2");
  REQUIRE(status.view.slots[0].beat);
  CHECK(status.view.slots[0].beat->step == 30);
  CHECK(*status.view.slots[0].best == 0.5);
  CHECK(status.view.eta_s.has_value());
  CHECK_FALSE(any_contains(status_notes(status), "no orchestrator"));
}

TEST_CASE("the time to the end counts only the steps that this attempt did") {
  test::SampleSweep sweep({{160, "densenet121", 1, Fate::running, {}}});
  const Store store(sweep.folder().path());
  const auto folder = store.attempt("160-densenet121-s1", 1);
  const auto worker = pretend_worker(store, "160-densenet121-s1");
  attempt::EventLog(folder).started("CPU", "../0/last.ckpt", 60);
  attempt::Beat beat;
  beat.total_steps = 120;
  beat.step = 80;  // 20 of them in 10 s, so 40 take 20 s
  beat.time_ms = read_status(store, sweep.database()).live.at(0).started_ms + 10'000;
  attempt::write_beat(folder, beat);
  CHECK(read_status(store, sweep.database()).view.eta_s.value() == doctest::Approx(20));
}

TEST_CASE("status of a store that holds no run says that the sweep did not start") {
  test::SampleSweep sweep({});
  CHECK(any_contains(status_notes(read_status(Store(sweep.folder().path()), sweep.database())),
                     "no run was ever recorded"));
}

TEST_CASE("status as json has counts, cells, live rows and failures") {
  test::SampleSweep sweep(some_runs());
  const Store store(sweep.folder().path());
  const auto worker = pretend_worker(store, "160-densenet121-s2");
  const auto object =
      nlohmann::json::parse(status_as_json(read_status(store, sweep.database()), store));
  CHECK(object["sweep"] == "sample");
  CHECK(object["orchestrator"]["running"] == false);
  CHECK(object["counts"]["failed"] == 1);
  CHECK(object["cells"][0]["done"] == 1);
  CHECK(object["cells"][1]["auc_mean"].is_null());
  CHECK(object["live"][0]["beat"]["total_steps"] == 120);
  CHECK(object["failed"][0]["error_class"] == "nan");
}

TEST_CASE("status names what halts the sweep, slots out of use and runs that wait") {
  test::SampleSweep sweep(
      {{160, "densenet121", 1, Fate::pending, {}}, {320, "densenet121", 1, Fate::pending, {}}});
  const Store store(sweep.folder().path());
  db::RunQueue queue(sweep.database(), [] { return 1'700'000'000'000; });
  const db::Claim claim = *queue.claim_next("cpu:0");
  queue.fail(claim.fence, {"hang", "its steps stood still", "", {}, {}}, 1'700'000'060'000, 3);
  queue.record_halt("5 runs failed (--max-failures 5)");
  queue.record_slots({{"GPU-1", "GPU 0", "process 4711 computes on it"}});
  const auto notes = [&] { return status_notes(read_status(store, sweep.database())); };
  CHECK(any_contains(notes(), "halted: 5 runs failed (--max-failures 5)"));
  CHECK(any_contains(notes(), claim.name + " is tried again after 2023-11-14 22:14 UTC: hang"));
  CHECK_FALSE(any_contains(notes(), "GPU 0"));  // what the last orchestrator saw is old
  const auto lock = orchestrator::StoreLock::take(store);
  CHECK(any_contains(notes(), "no new run is started: 5 runs failed"));
  CHECK(any_contains(notes(), "GPU 0 is not used: process 4711 computes on it"));
  const auto object =
      nlohmann::json::parse(status_as_json(read_status(store, sweep.database()), store));
  CHECK(object["halted"] == "5 runs failed (--max-failures 5)");
  CHECK(object["waiting"][0]["error_class"] == "hang");
  CHECK(object["slots"][0]["label"] == "GPU 0");
}

TEST_CASE("a complete sweep needs no orchestrator and no note") {
  test::SampleSweep sweep({{160, "densenet121", 1, Fate::done, 0.80}});
  CHECK(status_notes(read_status(Store(sweep.folder().path()), sweep.database())).empty());
}

TEST_CASE("status names pruned runs with the numbers, a few in words and all as json") {
  std::vector<test::SampleRun> runs;
  for (int seed = 1; seed <= 10; ++seed) {
    runs.push_back({160, "densenet121", seed, Fate::running, {}});
  }
  test::SampleSweep sweep(runs);
  const Store store(sweep.folder().path());
  db::RunQueue queue(sweep.database(), [] { return 1; });
  for (const db::OpenAttempt& open : queue.open_attempts()) {
    queue.prune(open.fence, "epoch 3: 0.713 is below 0.761");
    queue.release(open.fence, "stopped", "checkpointed and left");
  }
  const SweepStatus status = read_status(store, sweep.database());
  const auto notes = status_notes(status);
  CHECK(any_contains(notes, "160-densenet121-s1 was pruned: epoch 3: 0.713 is below 0.761"));
  CHECK(any_contains(notes, "2 more were pruned"));
  const auto json = nlohmann::json::parse(status_as_json(status, store));
  CHECK(json["pruned"].size() == 10);
  CHECK(json["pruned"][0]["reason"] == "epoch 3: 0.713 is below 0.761");
  CHECK(json["counts"]["cancelled"] == 10);
}
