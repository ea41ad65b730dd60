#include <doctest/doctest.h>

#include "base/error.h"
#include "db/run_queue.h"
#include "tests/db/queue_fixture.h"

using namespace radsweep;
using namespace radsweep::db;
using test::new_run;
using test::QueueFixture;
using test::result_row;
using test::sweep_row;
using Names = std::vector<std::string>;

namespace {

// The same name as `name`, but another configuration.
NewRun edited(const std::string& name, const std::string& identity) {
  NewRun run = new_run(name);
  run.identity = identity;
  return run;
}

}  // namespace

TEST_CASE("set_runs adds unknown runs as pending, with all that the sweep file says") {
  QueueFixture f;
  NewRun run = new_run("480-densenet161-s3", 2.5e15);
  run.resolution = 480;
  run.architecture = "densenet161";
  run.variant = "base_lr=0.001";
  run.seed = 3;
  run.config = R"({"epochs": 6})";
  const auto report = f.queue.set_runs({"chexpert", "name: chexpert\n"}, {run});
  CHECK(report.added == Names{"480-densenet161-s3"});
  CHECK(
      f.value("SELECT run_id || ' ' || sweep || ' ' || resolution || ' ' || architecture || ' ' ||"
              " variant || ' ' || seed || ' ' || state || ' ' || attempts FROM runs") ==
      "480-densenet161-s3 chexpert 480 densenet161 base_lr=0.001 3 pending 0");
  CHECK(f.value("SELECT config ->> 'epochs' FROM runs") == "6");
  CHECK(f.value("SELECT cost FROM runs WHERE cost = 2.5e15") != "none");
  CHECK(f.value("SELECT file_text FROM sweep") == "name: chexpert\n");
}

TEST_CASE("set_runs with the same runs again changes nothing") {
  QueueFixture f;
  f.queue.set_runs(sweep_row(), {new_run("a", 2), new_run("b", 1)});
  REQUIRE(f.queue.finish(f.queue.claim_next("cpu:0")->fence, result_row(), {}, {}));
  const std::string before = f.snapshot();
  const std::string events = f.value("SELECT count(*) FROM event");
  const auto report = f.queue.set_runs(sweep_row(), {new_run("a", 2), new_run("b", 1)});
  CHECK(report.unchanged == 2);
  CHECK((report.added.empty() && report.restored.empty() && report.dropped.empty()));
  CHECK(f.snapshot() == before);
  CHECK(f.value("SELECT count(*) FROM event") == events);
}

TEST_CASE("set_runs keeps dropped runs but not as current ones") {
  QueueFixture f;
  f.queue.set_runs(sweep_row(), {new_run("done", 9), new_run("running", 8), new_run("waiting", 7),
                                 new_run("pending", 6)});
  REQUIRE(f.queue.finish(f.queue.claim_next("cpu:0")->fence, result_row(), {}, {}));
  const Fence running = f.queue.claim_next("cpu:0")->fence;
  REQUIRE(f.queue.fail(f.queue.claim_next("cpu:1")->fence, test::failure(), f.now_ms + 5, 3));
  const auto report = f.queue.set_runs(sweep_row(), {});
  CHECK(report.dropped == Names{"done", "running", "waiting", "pending"});
  CHECK(f.state_of("done") == "done");
  CHECK(f.state_of("running") == "running");
  CHECK(f.state_of("waiting") == "cancelled");
  CHECK(f.state_of("pending") == "cancelled");
  CHECK(f.value("SELECT sum(current) FROM runs") == "0");
  CHECK_FALSE(f.queue.claim_next("cpu:1"));
  CHECK(f.value("SELECT max(not_before_ms) FROM run") == "NULL");
  CHECK(f.queue.open_attempts().at(0).fence == running);
  CHECK(f.events_of("pending") == "added dropped");
}

TEST_CASE("set_runs restores dropped runs: cancelled ones are pending again, done ones stay done") {
  QueueFixture f;
  const std::vector<NewRun> both = {new_run("done", 2), new_run("pending", 1)};
  f.queue.set_runs(sweep_row(), both);
  REQUIRE(f.queue.finish(f.queue.claim_next("cpu:0")->fence, result_row(), {}, {}));
  f.queue.set_runs(sweep_row(), {});
  const auto report = f.queue.set_runs(sweep_row(), both);
  CHECK(report.restored == Names{"done", "pending"});
  CHECK(f.state_of("done") == "done");
  CHECK(f.state_of("pending") == "pending");
  CHECK(f.queue.counts().total() == 2);
  CHECK(f.events_of("pending") == "added dropped restored");
}

TEST_CASE("set_runs leaves a run cancelled by its user as it is while the file still names it") {
  QueueFixture f;
  f.queue.set_runs(sweep_row(), {new_run("a")});
  REQUIRE_FALSE(f.queue.cancel("a"));
  CHECK(f.queue.set_runs(sweep_row(), {new_run("a")}).unchanged == 1);
  CHECK(f.state_of("a") == "cancelled");
}

TEST_CASE("set_runs of an edited sweep file adds the new runs and keeps results under the old") {
  QueueFixture f;
  f.queue.set_runs(sweep_row(), {edited("a", "1111112222223333")});
  REQUIRE(f.queue.finish(f.queue.claim_next("cpu:0")->fence, result_row(), {}, {}));
  const auto report = f.queue.set_runs({"test", "edited"}, {edited("a", "aaaaaabbbbbbcccc")});
  CHECK(report.added == Names{"a-aaaaaa"});
  CHECK(report.dropped == Names{"a"});
  CHECK(f.state_of("a") == "done");
  CHECK(f.value("SELECT best_auc FROM runs WHERE run_id = 'a'") == "0.875000");
  CHECK(f.value("SELECT file_text FROM sweep") == "edited");

  SUBCASE("with more digits when six are not enough") {
    CHECK(f.queue.set_runs(sweep_row(), {edited("a", "aaaaaadddddd")}).added ==
          Names{"a-aaaaaadddddd"});
  }
  SUBCASE("and going back restores the old") {
    CHECK(f.queue.set_runs(sweep_row(), {edited("a", "1111112222223333")}).restored == Names{"a"});
    CHECK(f.state_of("a-aaaaaa") == "cancelled");
  }
}

TEST_CASE("set_runs gives a known run the words that an edited sweep file has for it") {
  QueueFixture f;
  NewRun run = new_run("a", 2);
  f.queue.set_runs(sweep_row(), {run, new_run("b", 1)});
  REQUIRE(f.queue.finish(f.queue.claim_next("cpu:0")->fence, result_row(), {}, {}));
  run.name = "wished";
  run.architecture = "renamed";
  run.variant = "dropout=0.6";
  run.config = R"({"dropout": 0.6})";
  run.cost = 3;
  const auto report = f.queue.set_runs(sweep_row(), {run, new_run("b", 1)});
  CHECK(report.relabelled == Names{"a"});
  CHECK(report.unchanged == 1);
  CHECK(report.added.empty());
  CHECK(f.value("SELECT run_id || ' ' || state || ' ' || architecture || ' ' || variant || ' ' ||"
                " (config ->> 'dropout') || ' ' || (cost = 3) FROM runs WHERE run_id = 'a'") ==
        "a done renamed dropout=0.6 0.6 1");
  CHECK(f.events_of("a") == "added claimed done relabelled");
  CHECK(f.queue.set_runs(sweep_row(), {run, new_run("b", 1)}).unchanged == 2);
}

TEST_CASE("another number of GPUs is another word for the same run, but not for one that is done") {
  QueueFixture f;
  NewRun done = new_run("done", 3), open = new_run("open", 2), next = new_run("next", 1);
  f.queue.set_runs(sweep_row(), {done, open, next});
  REQUIRE(f.queue.finish(f.queue.claim_next("cpu:0")->fence, result_row(), {}, {}));
  const Fence fence = f.queue.claim_next("cpu:0")->fence;
  for (NewRun* run : {&done, &open, &next}) run->gpus = 2;
  CHECK(f.queue.set_runs(sweep_row(), {done, open, next}).relabelled == Names{"open", "next"});
  const auto gpus = [&f](const std::string& run) {
    return f.value("SELECT gpus FROM runs WHERE run_id = '" + run + "'");
  };
  CHECK(gpus("done") == "1");  // that many trained it
  CHECK(gpus("next") == "2");
  CHECK(f.queue.open_attempts().at(0).slot == "cpu:0");  // what it began on
  REQUIRE(f.queue.release(fence, "lost", "gone"));
  CHECK_FALSE(f.queue.claim_next("cpu:0"));
  CHECK(f.queue.set_runs(sweep_row(), {done, open, next}).unchanged == 3);
}

TEST_CASE("set_runs moves the current runs to a sweep that was renamed") {
  QueueFixture f;
  f.queue.set_runs({"old", ""}, {new_run("a")});
  CHECK(f.queue.set_runs({"new", ""}, {new_run("a")}).unchanged == 1);
  CHECK(f.value("SELECT sweep FROM runs") == "new");
}

TEST_CASE("set_runs stores all runs or none") {
  QueueFixture f;
  NewRun bad = new_run("bad");
  bad.config = "{not json}";
  CHECK_THROWS_AS(f.queue.set_runs(sweep_row(), {new_run("good"), bad}), Error);
  CHECK(f.value("SELECT count(*) FROM runs") == "0");
  CHECK(f.value("SELECT count(*) FROM event") == "0");
}
