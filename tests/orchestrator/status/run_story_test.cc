#include "orchestrator/status/run_story.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "db/run_queue.h"
#include "orchestrator/store_lock.h"
#include "tests/orchestrator/report/sample_sweep.h"

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
        "attempt 1 failed (nan): the loss is not a number <at step 7>; given up after 1 failure:"
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
