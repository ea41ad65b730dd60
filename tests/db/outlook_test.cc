#include "db/outlook.h"

#include <doctest/doctest.h>

#include "tests/db/queue_fixture.h"

using namespace radsweep::db;
using radsweep::test::QueueFixture;

TEST_CASE("why no run is started is remembered until runs are started again") {
  QueueFixture f;
  f.queue.set_runs(radsweep::test::sweep_row(), {radsweep::test::new_run("a")});
  CHECK_FALSE(read_outlook(f.database).halted);
  f.queue.record_halt("5 runs failed");
  f.queue.record_halt("5 runs failed");
  CHECK(read_outlook(f.database).halted == "5 runs failed");
  CHECK(f.value("SELECT count(*) FROM event WHERE kind = 'halted'") == "1");
  f.queue.record_halt(std::nullopt);
  CHECK_FALSE(read_outlook(f.database).halted);
}

TEST_CASE("slots are those of the newest orchestrator, and one out of use is an event") {
  QueueFixture f;
  f.queue.record_slots({{"cpu:1", "cpu:1", ""}, {"cpu:0", "cpu:0", ""}, {"cpu:2", "cpu:2", ""}});
  f.queue.record_slots({{"cpu:0", "cpu:0", "3 runs failed on it"}, {"cpu:1", "cpu:1", ""}});
  const auto slots = read_outlook(f.database).slots;
  REQUIRE(slots.size() == 2);
  CHECK(slots[0] == SlotRow{"cpu:0", "cpu:0", "3 runs failed on it"});
  CHECK(f.value("SELECT group_concat(detail) FROM event WHERE kind = 'slot'") ==
        "cpu:0 is not used: 3 runs failed on it");
}

TEST_CASE("who cancels or retries a run is in its events") {
  QueueFixture f;
  f.queue.set_runs(radsweep::test::sweep_row(), {radsweep::test::new_run("a")});
  CHECK_FALSE(f.queue.cancel("a", "eve"));
  CHECK_FALSE(f.queue.retry("a", "adam"));
  CHECK(
      f.value(
          "SELECT group_concat(detail, '; ') FROM event WHERE kind IN ('cancelled', 'retried')") ==
      "as asked for by eve; as asked for by adam");
}
