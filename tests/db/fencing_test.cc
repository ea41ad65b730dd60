// What an attempt that is not the newest one, or has ended, may still do: nothing.
#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>

#include "base/error.h"
#include "db/run_queue.h"
#include "tests/db/queue_fixture.h"

using namespace radsweep;
using namespace radsweep::db;
using test::ClaimedRun;
using test::failure;
using test::QueueFixture;
using test::result_row;

TEST_CASE("a superseded attempt changes nothing and is logged as fenced") {
  ClaimedRun f;
  const Fence stale = f.fence;
  f.supersede();
  const std::string before = f.snapshot();
  SUBCASE("record_process") {
    CHECK_FALSE(f.queue.record_process(stale, {"h", "b", 1, 2}));
  }
  SUBCASE("finish") {
    CHECK_FALSE(f.queue.finish(stale, result_row(), {{0, "x", 1}}, {{"s", 1, 0, 0.5}}));
  }
  SUBCASE("fail") {
    CHECK_FALSE(f.queue.fail(stale, failure(), f.now_ms, 3));
  }
  SUBCASE("release") {
    CHECK_FALSE(f.queue.release(stale, "stopped", "late"));
  }
  SUBCASE("stop") {
    CHECK_FALSE(f.queue.stop(stale, RunQueue::AfterStop::pending));
  }
  CHECK(f.snapshot() == before);
  CHECK(f.value("SELECT count(*) FROM event WHERE kind = 'fenced' AND attempt = 1") == "1");
}

TEST_CASE("an attempt that has ended changes nothing and is logged as fenced") {
  ClaimedRun f;
  SUBCASE("done") {
    REQUIRE(f.queue.finish(f.fence, result_row(), {}, {}));
  }
  SUBCASE("failed") {
    REQUIRE(f.queue.fail(f.fence, failure(), std::nullopt, 3));
  }
  SUBCASE("waiting") {
    REQUIRE(f.queue.fail(f.fence, failure(), f.now_ms + 9, 3));
  }
  SUBCASE("pending") {
    REQUIRE(f.queue.release(f.fence, "lost", "gone"));
  }
  const std::string before = f.snapshot();
  CHECK_FALSE(f.queue.record_process(f.fence, {"h", "b", 1, 2}));
  CHECK_FALSE(f.queue.finish(f.fence, result_row(0.5), {{0, "x", 1}}, {}));
  CHECK_FALSE(f.queue.fail(f.fence, failure(), f.now_ms, 3));
  CHECK_FALSE(f.queue.release(f.fence, "stopped", "late"));
  CHECK_FALSE(f.queue.stop(f.fence, RunQueue::AfterStop::pending));
  CHECK(f.snapshot() == before);
  CHECK(f.value("SELECT count(*) FROM event WHERE kind = 'fenced'") == "5");
}

TEST_CASE("an attempt of a run that does not exist is fenced") {
  QueueFixture f;
  CHECK_FALSE(f.queue.release({99, 1}, "lost", "gone"));
  CHECK(f.value("SELECT detail LIKE '%there is no run 99%' FROM event") == "1");
}

TEST_CASE("the database itself keeps a done run done, its result and its attempt number") {
  ClaimedRun f;
  REQUIRE(f.queue.finish(f.fence, result_row(), {}, {}));
  const auto change = [&](const char* sql) {
    f.database.transaction([&] { f.database.connection().exec(sql); });
  };
  CHECK_THROWS_WITH_AS(change("UPDATE run SET state = 'pending'"), doctest::Contains("stays done"),
                       Error);
  CHECK_THROWS_WITH_AS(change("UPDATE run SET attempt = 0"), doctest::Contains("may not fall"),
                       Error);
  CHECK_THROWS_WITH_AS(change("UPDATE result SET best_auc = 1"), doctest::Contains("never changes"),
                       Error);
  CHECK(f.state_of("a") == "done");
}
