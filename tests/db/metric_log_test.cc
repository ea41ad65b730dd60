#include "db/metric_log.h"

#include <doctest/doctest.h>

#include <cmath>

#include "db/run_queue.h"
#include "tests/db/queue_fixture.h"

using namespace radsweep;
using namespace radsweep::db;
using test::new_run;
using test::QueueFixture;
using test::result_row;
using test::sweep_row;

namespace {

struct LiveRun : QueueFixture {
  Fence fence;
  LiveRun() {
    queue.set_runs(sweep_row(), {new_run("a")});
    fence = queue.claim_next("cpu:0").value().fence;
  }
  std::string metrics() {
    return value("SELECT group_concat(epoch || name || value, ' ') FROM metric");
  }
};

}  // namespace

TEST_CASE("append_live stores metrics, predictions and how far the file was read") {
  LiveRun f;
  CHECK(append_live(f.database, f.fence, {{0, "valid_auc", 0.75}}, {{"s1", 1, 0, 0.5}}, 321));
  CHECK(f.metrics() == "0valid_auc0.75");
  CHECK(f.value("SELECT study FROM predictions") == "s1");
  CHECK(f.queue.open_attempts().at(0).ingested_bytes == 321);
}

TEST_CASE("append_live stores nothing twice when a file is read again after a crash") {
  LiveRun f;
  const std::vector<MetricRow> metrics = {{0, "valid_auc", 0.75}, {1, "valid_auc", 0.8}};
  const std::vector<PredictionRow> predictions = {{"s1", 1, 0, 0.5}, {"s2", 0, -1, 0.25}};
  REQUIRE(append_live(f.database, f.fence, metrics, predictions, 100));
  const std::string before = f.snapshot();
  REQUIRE(append_live(f.database, f.fence, metrics, predictions, 100));
  CHECK(f.snapshot() == before);
}

TEST_CASE(
    "append_live replaces the predictions of an earlier best epoch and keeps them otherwise") {
  LiveRun f;
  REQUIRE(append_live(f.database, f.fence, {}, {{"s1", 1, 0, 0.5}, {"s2", 0, 0, 0.5}}, 1));
  REQUIRE(append_live(f.database, f.fence, {{1, "valid_auc", 0.5}}, {}, 2));
  CHECK(f.value("SELECT group_concat(study) FROM predictions") == "s1,s2");
  REQUIRE(append_live(f.database, f.fence, {}, {{"s1", 1, 2, 0.9}}, 3));
  CHECK(f.value("SELECT group_concat(study || logit) FROM predictions") == "s12.0");
}

TEST_CASE("append_live lets a new attempt overwrite what the old one measured of an epoch") {
  LiveRun f;
  REQUIRE(append_live(f.database, f.fence, {{0, "seconds", 5}, {1, "seconds", 5}}, {}, 1));
  REQUIRE(f.queue.release(f.fence, "lost", "gone"));
  const Fence newer = f.queue.claim_next("cpu:0")->fence;
  REQUIRE(append_live(f.database, newer, {{1, "seconds", 6}}, {}, 1));
  CHECK(f.metrics() == "0seconds5.0 1seconds6.0");
}

TEST_CASE("append_live of a superseded or ended attempt stores nothing") {
  LiveRun f;
  SUBCASE("superseded") {
    REQUIRE(f.queue.release(f.fence, "lost", "gone"));
    f.queue.claim_next("cpu:0");
  }
  SUBCASE("ended") {
    REQUIRE(f.queue.finish(f.fence, result_row(), {}, {}));
  }
  const std::string before = f.snapshot();
  CHECK_FALSE(append_live(f.database, f.fence, {{0, "x", 1}}, {{"s", 1, 0, 0.5}}, 9));
  CHECK(f.snapshot() == before);
}

TEST_CASE("append_live leaves out values that are not numbers") {
  LiveRun f;
  CHECK(append_live(f.database, f.fence, {{0, "train_loss", std::nan("")}, {0, "valid_loss", 0.5}},
                    {}, 9));
  CHECK(f.metrics() == "0valid_loss0.5");
}
