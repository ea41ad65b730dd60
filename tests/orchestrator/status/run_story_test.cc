#include "orchestrator/status/run_story.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "db/connection.h"
#include "db/run_queue.h"
#include "orchestrator/store_lock.h"
#include "tests/orchestrator/report/sample_sweep.h"
#include "worker/attempt/alive_lock.h"
#include "worker/attempt/beat.h"

using namespace radsweep;
using namespace radsweep::orchestrator;
using test::Fate;

namespace {

constexpr std::int64_t kNow_ms = 1'700'000'900'000;

std::vector<test::SampleRun> some_runs() {
  return {{160, "densenet121", 1, Fate::done, 0.8},   {160, "densenet121", 2, Fate::running, {}},
          {160, "densenet121", 3, Fate::failed, {}},  {320, "densenet121", 1, Fate::pending, {}},
          {320, "densenet121", 2, Fate::pending, {}}, {480, "densenet121", 1, Fate::done, -1.0}};
}

bool contains(const std::string& text, const std::string& piece) {
  return text.find(piece) != std::string::npos;
}

}  // namespace

TEST_CASE("the reason of a run fits its state") {
  test::SampleSweep sweep(some_runs());
  const Store store(sweep.folder().path());
  const auto reason = [&](const std::string& run) {
    return tell_run(store, sweep.database(), run, kNow_ms).reason;
  };
  CHECK(reason("160-densenet121-s1") == "finished in attempt 1: AUC 80.00 in epoch 1");
  CHECK(contains(reason("160-densenet121-s2"), "attempt 1 runs on cpu:0 since "));
  CHECK(contains(reason("160-densenet121-s2"), "its process is gone"));
  CHECK(reason("160-densenet121-s3") ==
        "attempt 1 failed (nan): the loss is not a number <at step 7> (last log line: last & "
        "line); given up after 1 failure:"
        " radsweep retry 160-densenet121-s3");
  CHECK(contains(reason("320-densenet121-s1"), "no orchestrator is running"));
  CHECK(contains(reason("480-densenet121-s1"), "without an AUC"));
}

TEST_CASE("a pending run says how many go first while an orchestrator works") {
  test::SampleSweep sweep(some_runs());
  const Store store(sweep.folder().path());
  const auto lock = orchestrator::StoreLock::take(store);
  CHECK(contains(tell_run(store, sweep.database(), "320-densenet121-s1", kNow_ms).reason,
                 "it is next"));
  CHECK(contains(tell_run(store, sweep.database(), "320-densenet121-s2", kNow_ms).reason,
                 "1 more expensive"));
}

TEST_CASE("a pending run on several slots is next only once they are free at once") {
  test::SampleSweep sweep(some_runs());
  const Store store(sweep.folder().path());
  const auto lock = orchestrator::StoreLock::take(store);
  sweep.database().connection().exec("UPDATE run SET gpus = 2 WHERE name = '320-densenet121-s2'");
  CHECK(contains(tell_run(store, sweep.database(), "320-densenet121-s2", kNow_ms).reason,
                 "it is next once 2 slots are free at once"));
  CHECK(contains(tell_run(store, sweep.database(), "320-densenet121-s1", kNow_ms).reason,
                 "1 more expensive ones (or on more GPUs) go first"));
}

TEST_CASE("a pending run names the GPUs that may not be used") {
  test::SampleSweep sweep({{160, "densenet121", 1, Fate::pending, {}}});
  const Store store(sweep.folder().path());
  const auto lock = orchestrator::StoreLock::take(store);
  db::RunQueue queue(sweep.database(), [] { return kNow_ms; });
  queue.record_gpu({"GPU-1", "H200", 1000, "foreign", "process 4711 computes on it"});
  const auto reason = [&] {
    return tell_run(store, sweep.database(), "160-densenet121-s1", kNow_ms).reason;
  };
  CHECK(contains(reason(), "not used: H200 (process 4711 computes on it)"));
  queue.record_gpu({"GPU-1", "H200", 1000, "free", ""});
  CHECK_FALSE(contains(reason(), "not used"));
}

TEST_CASE("a pending run says which slots are busy and what halts the sweep") {
  test::SampleSweep sweep(some_runs());
  const Store store(sweep.folder().path());
  db::RunQueue queue(sweep.database(), [] { return kNow_ms; });
  const auto reason = [&] {
    return tell_run(store, sweep.database(), "320-densenet121-s1", kNow_ms).reason;
  };
  {
    const auto lock = orchestrator::StoreLock::take(store);
    queue.record_slots({{"cpu:1", "cpu:1", "3 runs in a row failed on it"}});
    CHECK(contains(reason(), "busy: cpu:0 (160-densenet121-s2)"));
    CHECK(contains(reason(), "not used: cpu:1 (3 runs in a row failed on it)"));
    queue.record_halt("12 MB free, a run needs 740 MB");
    CHECK(contains(reason(), "no new run is started: 12 MB free, a run needs 740 MB"));
  }
  CHECK(contains(reason(), "no orchestrator is running (12 MB free, a run needs 740 MB)"));
}

TEST_CASE("a waiting run says why, since which failure and for how long; its last log line too") {
  test::SampleSweep sweep({{160, "densenet121", 1, Fate::pending, {}}});
  const Store store(sweep.folder().path());
  const auto lock = orchestrator::StoreLock::take(store);
  db::RunQueue queue(sweep.database(), [] { return kNow_ms; });
  const db::Fence fence = queue.claim_next("cpu:0")->fence;
  queue.fail(fence, {"signal", "ended by signal 11 SIGSEGV", "epoch 3\nterminate called\n", {}, 11},
             kNow_ms + 90'000, 3);
  const RunStory story = tell_run(store, sweep.database(), "160-densenet121-s1", kNow_ms);
  CHECK(story.state == "waiting");
  CHECK(story.reason ==
        "attempt 1 failed (signal): ended by signal 11 SIGSEGV (last log line: terminate called);"
        " tried again after 2023-11-14 22:29 UTC (in 1 min 30 s)");
}

TEST_CASE("a cancelled run names who asked for it, one asked to stop what becomes of it") {
  test::SampleSweep sweep(some_runs());
  const Store store(sweep.folder().path());
  db::RunQueue queue(sweep.database(), [] { return kNow_ms; });
  const auto reason = [&](const std::string& run) {
    return tell_run(store, sweep.database(), run, kNow_ms).reason;
  };
  queue.cancel("320-densenet121-s1", "eve");
  queue.cancel("160-densenet121-s2", "eve");
  CHECK(reason("320-densenet121-s1") ==
        "cancelled, as asked for by eve: radsweep retry 320-densenet121-s1");
  CHECK(contains(reason("160-densenet121-s2"), "becomes cancelled when its process has left"));
}

TEST_CASE("a running run that was asked to stop says why, and a clock set back gives no odd ages") {
  test::SampleSweep sweep(some_runs());
  const Store store(sweep.folder().path());
  const auto folder = store.attempt("160-densenet121-s2", 1);
  std::filesystem::create_directories(folder);
  const auto worker = attempt::AliveLock::take(folder);
  attempt::Beat beat;
  beat.time_ms = kNow_ms + 3'600'000;
  attempt::write_beat(folder, beat);
  db::RunQueue queue(sweep.database(), [] { return kNow_ms; });
  const db::Fence fence = queue.open_attempts().at(0).fence;
  const auto reason = [&] {
    return tell_run(store, sweep.database(), "160-densenet121-s2", kNow_ms).reason;
  };
  CHECK(contains(reason(), "last beat 0 s ago"));
  CHECK_FALSE(contains(reason(), "asked to stop"));
  queue.record_event("stalled", "asked to stop", fence);
  CHECK(contains(reason(), "it is stalled and was asked to stop"));
  queue.record_event("time_limit", "asked to stop", fence);
  CHECK(contains(reason(), "it reached its time limit"));
}

TEST_CASE("the story lists attempts and events, as text and as json") {
  test::SampleSweep sweep(some_runs());
  const Store store(sweep.folder().path());
  const RunStory story = tell_run(store, sweep.database(), "160-densenet121-s3", kNow_ms);
  CHECK(story.state == "failed");
  CHECK(story.attempts.rows.size() == 1);
  CHECK(story.events.rows.size() >= 3);  // added, claimed, failed
  CHECK(contains(story_as_text(story), "160-densenet121-s3 is failed: attempt 1"));
  const auto object = nlohmann::json::parse(story_as_json(story));
  CHECK(object["attempts"][0]["exit_code"] == 70);
  CHECK(object["attempts"][0]["error_class"] == "nan");
}

TEST_CASE("a run that does not exist is a usage error") {
  test::SampleSweep sweep(some_runs());
  const Store store(sweep.folder().path());
  try {
    tell_run(store, sweep.database(), "160-densenet121-s9", kNow_ms);
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.code() == ExitCode::usage);
  }
}

TEST_CASE("a pruned run tells the numbers it was judged by, while it leaves and afterwards") {
  test::SampleSweep sweep(some_runs());
  const Store store(sweep.folder().path());
  db::RunQueue queue(sweep.database(), [] { return kNow_ms; });
  const auto reason = [&] {
    return tell_run(store, sweep.database(), "160-densenet121-s2", kNow_ms).reason;
  };
  const db::Fence fence = queue.open_attempts().at(0).fence;
  queue.prune(fence, "epoch 3: 0.713 is below 0.761, the median of 9 other runs");
  CHECK(reason() ==
        "is pruned and was asked to stop: epoch 3: 0.713 is below 0.761, the median of 9 other"
        " runs");
  queue.release(fence, "stopped", "checkpointed and left");
  CHECK(reason() ==
        "pruned: epoch 3: 0.713 is below 0.761, the median of 9 other runs; radsweep retry"
        " 160-densenet121-s2 lets it go on");
}
