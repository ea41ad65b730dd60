#include <doctest/doctest.h>

#include "db/run_queue.h"
#include "tests/db/queue_fixture.h"

using namespace radsweep;
using namespace radsweep::db;
using test::failure;
using test::new_run;
using test::QueueFixture;
using test::result_row;
using test::sweep_row;

namespace {

struct OneRun : QueueFixture {
  OneRun() { queue.set_runs(sweep_row(), {new_run("160-densenet121-s1")}); }
  const std::string name = "160-densenet121-s1";
  Fence claim() { return queue.claim_next("cpu:0").value().fence; }
};

}  // namespace

TEST_CASE("cancel takes a run that does not run out of the queue at once") {
  OneRun f;
  SUBCASE("pending") {}
  SUBCASE("waiting") {
    REQUIRE(f.queue.fail(f.claim(), failure(), f.now_ms + 5, 3));
  }
  CHECK_FALSE(f.queue.cancel(f.name));
  CHECK(f.state_of(f.name) == "cancelled");
  CHECK_FALSE(f.queue.claim_next("cpu:0"));
  CHECK(f.value("SELECT max(not_before_ms) FROM run") == "NULL");
}

TEST_CASE("cancel stops a running run first") {
  OneRun f;
  const Fence fence = f.claim();
  CHECK_FALSE(f.queue.cancel(f.name));
  CHECK(f.state_of(f.name) == "stopping");
  CHECK(f.queue.cancel(f.name) == f.name + " is being cancelled already");
  CHECK(f.queue.release(fence, "stopped", "cancelled"));
  CHECK(f.state_of(f.name) == "cancelled");
  CHECK(f.events_of(f.name) == "added claimed stopping cancelled");
}

TEST_CASE("cancel says why not") {
  OneRun f;
  SUBCASE("unknown") {
    CHECK(f.queue.cancel("160-densenet121-s2") ==
          "there is no run '160-densenet121-s2' (did you mean '160-densenet121-s1'?)");
  }
  SUBCASE("done") {
    REQUIRE(f.queue.finish(f.claim(), result_row(), {}, {}));
    CHECK(f.queue.cancel(f.name) == f.name + " is done; a result is never taken back");
  }
  SUBCASE("failed") {
    REQUIRE(f.queue.fail(f.claim(), failure(), {}, 3));
    CHECK(f.queue.cancel(f.name).value_or("").find("has failed already") != std::string::npos);
  }
  SUBCASE("cancelled") {
    REQUIRE_FALSE(f.queue.cancel(f.name));
    CHECK(f.queue.cancel(f.name) == f.name + " is cancelled already");
  }
}

TEST_CASE("retry queues a failed, cancelled or waiting run again, with no failures counted") {
  OneRun f;
  SUBCASE("failed") {
    REQUIRE(f.queue.fail(f.claim(), failure(), {}, 3));
  }
  SUBCASE("cancelled") {
    REQUIRE_FALSE(f.queue.cancel(f.name));
  }
  SUBCASE("waiting for its next attempt") {
    REQUIRE(f.queue.fail(f.claim(), failure(), f.now_ms + 500, 3));
  }
  CHECK_FALSE(f.queue.retry(f.name));
  CHECK(f.state_of(f.name) == "pending");
  CHECK(f.value("SELECT failures FROM runs") == "0");
  CHECK(f.queue.claim_next("cpu:0"));
}

TEST_CASE("retry says why not") {
  OneRun f;
  const auto refusal = [&] { return f.queue.retry(f.name).value_or("accepted"); };
  SUBCASE("unknown") {
    CHECK(f.queue.retry("nonsense").value_or("") == "there is no run 'nonsense'");
  }
  SUBCASE("pending") {
    CHECK(refusal() == f.name + " is pending already");
  }
  SUBCASE("running") {
    f.claim();
    CHECK(refusal() == f.name + " is running");
  }
  SUBCASE("done") {
    REQUIRE(f.queue.finish(f.claim(), result_row(), {}, {}));
    CHECK(refusal() == f.name + " is done; a result is never computed again");
    CHECK(f.state_of(f.name) == "done");
  }
  SUBCASE("dropped from the sweep file") {
    f.queue.set_runs(sweep_row(), {});
    CHECK(refusal().find("not named by the sweep file") != std::string::npos);
  }
}
