#include "orchestrator/ingest.h"

#include <fstream>
#include <limits>

#include "db/connection.h"
#include "tests/orchestrator/supervised_sweep.h"
#include "worker/attempt/events.h"

#include <doctest/doctest.h>

using namespace radsweep;
using namespace radsweep::orchestrator;
using test::SupervisedSweep;

namespace {

attempt::EpochRecord epoch(int number, double auc, bool best) {
  attempt::EpochRecord record;
  record.epoch = number;
  record.phase = number == 0 ? "frozen" : "full";
  record.train_loss = 0.5;
  record.valid_auc = auc;
  record.is_best = best;
  return record;
}

struct OneAttempt : SupervisedSweep {
  OneAttempt() : SupervisedSweep(1, 1) {
    fence = queue.claim_next("cpu:0")->fence;
    folder_of_attempt = store.attempt("32-tiny-s1", 1);
    std::filesystem::create_directories(folder_of_attempt);
  }
  IngestedEvents ingest(std::int64_t offset) {
    return ingest_events(database, queue, fence, folder_of_attempt, offset);
  }
  db::Fence fence;
  std::filesystem::path folder_of_attempt;
};

}  // namespace

TEST_CASE("epochs are stored as they are told, and reading again stores nothing twice") {
  OneAttempt sweep;
  CHECK(sweep.ingest(0).bytes == 0);
  attempt::EventLog events(sweep.folder_of_attempt);
  events.epoch(epoch(0, 0.6, true), {{"valid/patient1/study1", 1, 1, 0.7}});
  const IngestedEvents first = sweep.ingest(0);
  CHECK(*first.best_auc == 0.6);
  events.epoch(epoch(1, 0.5, false), {});
  CHECK(sweep.ingest(first.bytes).bytes > first.bytes);
  sweep.ingest(0);
  CHECK(sweep.value("SELECT group_concat(epoch || phase || is_best) FROM epochs") ==
        "0frozen1,1full0");
  CHECK(sweep.value("SELECT count(*) FROM predictions") == "1");
}

TEST_CASE("a measurement that is not a number has no row and spoils no other") {
  OneAttempt sweep;
  attempt::EventLog events(sweep.folder_of_attempt);
  attempt::EpochRecord record = epoch(0, 0.6, true);
  SUBCASE("in an event") {
    record.valid_auc.reset();
    events.epoch(record, {});
    sweep.ingest(0);
    CHECK(sweep.value("SELECT count(*) FROM metric WHERE name = 'valid_auc'") == "0");
  }
  SUBCASE("in a result") {
    record.train_loss = std::numeric_limits<double>::quiet_NaN();
    attempt::Result result;
    result.epochs = {record};
    CHECK(ingest_result(sweep.queue, sweep.fence, "32-tiny-s1/1", result));
    CHECK(sweep.value("SELECT count(*) FROM metric WHERE name = 'train_loss'") == "0");
    CHECK(sweep.value("SELECT count(*) FROM metric WHERE name = 'valid_auc'") == "1");
  }
}

TEST_CASE("a damaged line is passed over and logged, a torn last line waits for its end") {
  OneAttempt sweep;
  {
    std::ofstream file(sweep.folder_of_attempt / "events.jsonl");
    file << "{\"kind\":\"epoch\",\"crc\":\"00000000\"}\n";
  }
  attempt::EventLog(sweep.folder_of_attempt).epoch(epoch(0, 0.6, true), {});
  const IngestedEvents told = sweep.ingest(0);
  std::ofstream(sweep.folder_of_attempt / "events.jsonl", std::ios::app) << "{\"kind\":";
  CHECK(sweep.ingest(told.bytes).bytes == told.bytes);
  CHECK(sweep.value("SELECT count(*) FROM epochs") == "1");
  CHECK(sweep.value("SELECT count(*) FROM event WHERE kind = 'damaged'") == "1");
}

TEST_CASE("an event that the record cannot take is passed over like a damaged line") {
  OneAttempt sweep;
  attempt::EventLog events(sweep.folder_of_attempt);
  SUBCASE("an epoch before the first") {
    events.epoch(epoch(-1, 0.6, true), {});
  }
  SUBCASE("a study twice") {
    events.epoch(epoch(0, 0.6, true), {{"a", 1, 1, 0.7}, {"a", 1, 1, 0.7}});
  }
  events.epoch(epoch(1, 0.7, true), {{"a", 1, 1, 0.7}});
  sweep.ingest(0);
  CHECK(sweep.value("SELECT group_concat(epoch) FROM epochs") == "1");
  CHECK(sweep.value("SELECT count(*) FROM event WHERE kind = 'damaged'") == "1");
}

TEST_CASE("what the database refuses of a result is a failure of its run, not of the sweep") {
  OneAttempt sweep;
  sweep.database.connection().exec(
      "CREATE TRIGGER refusal BEFORE INSERT ON result BEGIN SELECT RAISE(ABORT, 'no'); END");
  attempt::Result result;
  result.run = "32-tiny-s1";
  result.identity = "identity-1";
  result.attempt = 1;
  attempt::write_result(sweep.folder_of_attempt, result);
  const EndedAttempt ended{
      sweep.fence, {"32-tiny-s1", "identity-1", 1}, 0, {sweep.fence, 0, {}}, Asked::nothing, {}};
  const Record record{sweep.store, sweep.database, sweep.queue, sweep.clock, sweep.options.retry};
  CHECK(settle_attempt(record, ended).kind == AttemptEnd::Kind::failed);
  CHECK(sweep.state(1) == "waiting");
  CHECK(sweep.value("SELECT error_class FROM attempt") == "bug");
}

TEST_CASE("what a superseded attempt tells is not stored") {
  OneAttempt sweep;
  attempt::EventLog(sweep.folder_of_attempt).epoch(epoch(0, 0.6, true), {});
  sweep.queue.release(sweep.fence, "lost", "gone");
  REQUIRE(sweep.queue.claim_next("cpu:0").has_value());
  sweep.ingest(0);
  CHECK(sweep.value("SELECT count(*) FROM metric") == "0");
  CHECK_FALSE(ingest_result(sweep.queue, sweep.fence, "32-tiny-s1/1", {}));
  CHECK(sweep.state(1) == "running");
}
