#include "db/run_queue.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <doctest/doctest.h>

#include <chrono>
#include <set>
#include <thread>

#include "base/error.h"
#include "db/metric_log.h"
#include "db/sql_text.h"
#include "tests/db/other_programs.h"
#include "tests/db/queue_fixture.h"

using namespace radsweep;
using namespace radsweep::db;
using test::ClaimedRun;
using test::failure;
using test::new_run;
using test::QueueFixture;
using test::result_row;
using test::sweep_row;

namespace {

constexpr std::int64_t kPause_ms = 1000;  // no run is told to wait longer

const std::vector<std::string> kThree = {"cpu:0", "cpu:1", "cpu:2"};

NewRun on_gpus(const std::string& name, int gpus, double cost = 1) {
  NewRun run = new_run(name, cost);
  run.gpus = gpus;
  return run;
}

}  // namespace

TEST_CASE("claim_next takes the most expensive run first, of equals the one added first") {
  QueueFixture f;
  f.queue.set_runs(sweep_row(), {new_run("cheap", 1), new_run("first", 5), new_run("dear", 9),
                                 new_run("second", 5)});
  std::vector<std::string> order;
  while (const auto claim = f.queue.claim_next("cpu:0")) order.push_back(claim->name);
  CHECK(order == std::vector<std::string>{"dear", "first", "second", "cheap"});
}

TEST_CASE("claim_next opens attempt 1 and names run, identity and slot") {
  QueueFixture f;
  CHECK_FALSE(f.queue.claim_next("cpu:0"));
  f.queue.set_runs(sweep_row(), {new_run("a")});
  const auto claim = f.queue.claim_next("GPU-1");
  REQUIRE(claim);
  CHECK(claim->name == "a");
  CHECK(claim->identity == "identity-of-a");
  CHECK(claim->fence.attempt == 1);
  CHECK(claim->older_attempts.empty());
  const auto open = f.queue.open_attempts();
  REQUIRE(open.size() == 1);
  CHECK(open[0].fence == claim->fence);
  CHECK(open[0].slot == "GPU-1");
  CHECK(open[0].state == RunState::running);
  CHECK(open[0].started_ms == f.now_ms);
  CHECK_FALSE(open[0].process);
  CHECK(f.events_of("a") == "added claimed");
}

TEST_CASE("take_up opens an attempt whose number somebody else chose") {
  QueueFixture f;
  f.queue.set_runs(sweep_row(), {new_run("a")});
  const auto fence = f.queue.take_up("identity-of-a", 3, "slurm:7_0 n1", 42);
  REQUIRE(fence);
  CHECK(fence->attempt == 3);
  CHECK(f.state_of("a") == "running");
  CHECK(f.value("SELECT started_ms FROM attempt WHERE attempt = 3") == "42");
  CHECK(f.queue.release(*fence, "lost", "gone"));
  const std::string before = f.snapshot();
  CHECK_FALSE(f.queue.take_up("identity-of-a", 3, "slurm:7_0 n1", 43));  // had it already
  CHECK_FALSE(f.queue.take_up("identity-of-b", 4, "slurm:7_0 n1", 43));
  CHECK(f.snapshot() == before);
  CHECK(f.queue.claim_next("cpu:0")->fence.attempt == 4);
}

TEST_CASE("take_up leaves runs alone that are neither pending nor in their pause") {
  QueueFixture f;
  f.queue.set_runs(sweep_row(), {new_run("a")});
  const auto first = f.queue.take_up("identity-of-a", 1, "slurm:1_0", 1);
  SUBCASE("running") {}
  SUBCASE("done") {
    f.queue.finish(*first, result_row(), {}, {});
  }
  SUBCASE("cancelled") {
    f.queue.release(*first, "lost", "gone");
    f.queue.cancel("a");
  }
  const std::string before = f.snapshot();
  CHECK_FALSE(f.queue.take_up("identity-of-a", 2, "slurm:1_0", 1));
  CHECK(f.snapshot() == before);
}

TEST_CASE("take_up ends the pause of a run that comes back early") {
  QueueFixture f;
  f.queue.set_runs(sweep_row(), {new_run("a")});
  f.queue.fail(*f.queue.take_up("identity-of-a", 1, "slurm:1_0", 1), failure(), f.now_ms + 9, 3);
  CHECK(f.state_of("a") == "waiting");
  CHECK(f.queue.take_up("identity-of-a", 2, "slurm:1_0", 1));
  CHECK(f.state_of("a") == "running");
}

TEST_CASE("claim_next gives each pending run to exactly one of two connections") {
  test::TempDir dir;
  const auto path = dir / "sweep.db";
  constexpr int kRuns = 100;
  {
    auto database = Database::open_for_writing(path);
    std::vector<NewRun> runs;
    for (int i = 0; i < kRuns; ++i) runs.push_back(new_run("run" + std::to_string(i)));
    RunQueue(database, [] { return 1; }).set_runs(sweep_row(), runs);
  }
  std::vector<std::string> claimed[2];
  {
    std::vector<std::jthread> claimers;
    for (auto& mine : claimed)
      claimers.emplace_back([&mine, &path] {
        auto database = Database::open_for_writing(path);
        RunQueue queue(database, [] { return 1; });
        while (const auto claim = queue.claim_next("cpu:0")) mine.push_back(claim->name);
      });
  }
  std::set<std::string> all(claimed[0].begin(), claimed[0].end());
  all.insert(claimed[1].begin(), claimed[1].end());
  CHECK(claimed[0].size() + claimed[1].size() == kRuns);
  CHECK(all.size() == kRuns);
}

TEST_CASE("next_gpus says whether claim_next would find a run, and how many slots that takes") {
  QueueFixture f;
  CHECK_FALSE(f.queue.next_gpus(8));
  f.queue.set_runs(sweep_row(), {on_gpus("four", 4), on_gpus("two", 2)});
  CHECK(f.queue.next_gpus(8) == 4);
  CHECK(f.queue.next_gpus(3) == 2);
  CHECK_FALSE(f.queue.next_gpus(1));
  f.queue.claim_next(kThree);
  CHECK_FALSE(f.queue.next_gpus(3));
}

TEST_CASE(
    "claim_next takes, of the runs that fit, the one of most slots, then the most expensive") {
  QueueFixture f;
  f.queue.set_runs(sweep_row(), {on_gpus("dear", 1, 90), on_gpus("cheap pair", 2, 1),
                                 on_gpus("dear pair", 2, 2), on_gpus("four", 4, 1)});
  const auto claim = f.queue.claim_next(kThree);
  CHECK(claim->name == "dear pair");
  CHECK(claim->gpus == 2);
  CHECK(f.queue.open_attempts().at(0).slot == "cpu:0+cpu:1");
  CHECK(f.queue.claim_next("cpu:2")->name == "dear");  // what is left over is used
  CHECK(f.queue.open_attempts().at(0).slot == "cpu:2");
  CHECK_FALSE(f.queue.claim_next("cpu:2"));
  CHECK(f.queue.claim_next(kThree)->name == "cheap pair");
  CHECK(f.state_of("four") == "pending");
}

TEST_CASE("record_process stores where the newest attempt runs") {
  ClaimedRun f;
  CHECK(f.queue.record_process(f.fence, {"node1", "boot", 4242, 77}));
  const auto open = f.queue.open_attempts();
  REQUIRE(open.size() == 1);
  REQUIRE(open[0].process);
  CHECK(open[0].process->host == "node1");
  CHECK(open[0].process->boot_id == "boot");
  CHECK(open[0].process->pid == 4242);
  CHECK(open[0].process->start_ticks == 77);
  CHECK(f.events_of("a") == "added claimed started");
}

TEST_CASE("finish makes a run done and replaces what live ingestion stored") {
  ClaimedRun f;
  REQUIRE(append_live(f.database, f.fence, {{0, "train_loss", 9}, {7, "train_loss", 9}},
                      {{"old", 1, 0, 0.5}}, 10));
  CHECK(f.queue.finish(f.fence, result_row(), {{0, "train_loss", 2}, {1, "train_loss", 1}},
                       {{"s1", 1, 0, 0.5}, {"s2", 0, -1, 0.25}}));
  CHECK(f.state_of("a") == "done");
  CHECK(f.value("SELECT group_concat(epoch || ':' || value) FROM metric") == "0:2.0,1:1.0");
  CHECK(f.value("SELECT group_concat(study) FROM predictions") == "s1,s2");
  CHECK(f.value("SELECT best_auc FROM runs") == "0.875000");
  CHECK(f.value("SELECT data_set || ' ' || upsampled_images FROM runs") == "CheXpert-v1.0-small 7");
  CHECK(f.value("SELECT outcome FROM attempt") == "done");
  CHECK(f.queue.open_attempts().empty());
  CHECK(f.events_of("a") == "added claimed done");
}

TEST_CASE("finish counts for a run that was asked to stop or to be cancelled") {
  ClaimedRun f;
  SUBCASE("stop") {
    REQUIRE(f.queue.stop(f.fence, RunQueue::AfterStop::pending));
  }
  SUBCASE("cancel") {
    REQUIRE_FALSE(f.queue.cancel("a"));
  }
  CHECK(f.queue.finish(f.fence, result_row(), {}, {}));
  CHECK(f.state_of("a") == "done");
}

TEST_CASE("finish counts for a run that the sweep file dropped meanwhile") {
  ClaimedRun f;
  f.queue.set_runs(sweep_row(), {});
  CHECK(f.queue.finish(f.fence, result_row(), {}, {}));
  CHECK(f.state_of("a") == "done");
}

TEST_CASE("fail sends a run into its pause and wake brings it back when the time has come") {
  ClaimedRun f;
  CHECK(f.queue.fail(f.fence, failure(), f.now_ms + 500, 3));
  CHECK(f.state_of("a") == "waiting");
  CHECK(f.value("SELECT not_before_ms FROM run") == std::to_string(f.now_ms + 500));
  CHECK_FALSE(f.queue.claim_next("cpu:0"));
  f.now_ms += 499;
  CHECK(f.queue.wake(kPause_ms) == 0);
  f.now_ms += 1;
  CHECK(f.queue.wake(kPause_ms) == 1);
  CHECK(f.state_of("a") == "pending");
  CHECK(f.value("SELECT max(not_before_ms) FROM run") == "NULL");
  CHECK(f.queue.claim_next("cpu:0")->older_attempts == std::vector<int>{1});
  CHECK(f.events_of("a") == "added claimed waiting woken claimed");
}

TEST_CASE("fail keeps class, message, log and exit status with the attempt") {
  ClaimedRun f;
  SUBCASE("exited") {
    CHECK(f.queue.fail(f.fence, failure("out_of_memory"), std::nullopt, 3));
    CHECK(f.value("SELECT exit_code FROM attempt") == "70");
    CHECK(f.value("SELECT term_signal FROM attempt") == "NULL");
  }
  SUBCASE("killed") {
    CHECK(f.queue.fail(f.fence, {"out_of_memory", "killed", "last line", {}, 9}, {}, 3));
    CHECK(f.value("SELECT exit_code FROM attempt") == "NULL");
    CHECK(f.value("SELECT term_signal FROM attempt") == "9");
  }
  CHECK(f.value("SELECT error_class FROM runs") == "out_of_memory");
  CHECK(f.value("SELECT log_tail FROM attempt") == "last line");
  CHECK(f.value("SELECT outcome FROM attempt") == "failed");
}

TEST_CASE("fail ends a run when it may not be tried again") {
  ClaimedRun f;
  SUBCASE("no time to try again was given") {
    CHECK(f.queue.fail(f.fence, failure(), std::nullopt, 3));
  }
  SUBCASE("it was the last failure allowed") {
    CHECK(f.queue.fail(f.fence, failure(), f.now_ms, 2));
    f.queue.wake(kPause_ms);
    CHECK(f.queue.fail(f.queue.claim_next("cpu:0")->fence, failure(), f.now_ms, 2));
  }
  CHECK(f.state_of("a") == "failed");
  CHECK(f.queue.counts().failed == 1);
  CHECK(f.value("SELECT max(not_before_ms) FROM run") == "NULL");
}

TEST_CASE("fail makes a run cancelled when that was asked for") {
  ClaimedRun f;
  REQUIRE_FALSE(f.queue.cancel("a"));
  CHECK(f.state_of("a") == "stopping");
  CHECK(f.queue.fail(f.fence, failure(), f.now_ms, 3));
  CHECK(f.state_of("a") == "cancelled");
  CHECK(f.value("SELECT max(not_before_ms) FROM run") == "NULL");
}

TEST_CASE("fail of a run being stopped for later counts like any failure") {
  ClaimedRun f;
  REQUIRE(f.queue.stop(f.fence, RunQueue::AfterStop::pending));
  CHECK(f.queue.fail(f.fence, failure(), f.now_ms + 1, 3));
  CHECK(f.state_of("a") == "waiting");
}

TEST_CASE("fail and release do not bring back a run that the sweep file dropped") {
  ClaimedRun f;
  f.queue.set_runs(sweep_row(), {});
  CHECK(f.state_of("a") == "running");
  SUBCASE("fail") {
    CHECK(f.queue.fail(f.fence, failure(), f.now_ms + 1, 3));
  }
  SUBCASE("release") {
    CHECK(f.queue.release(f.fence, "stopped", "asked to"));
  }
  CHECK(f.state_of("a") == "cancelled");
}

TEST_CASE("release returns a run to pending without counting a failure") {
  ClaimedRun f;
  CHECK(f.queue.release(f.fence, "lost", "the machine went down"));
  CHECK(f.state_of("a") == "pending");
  CHECK(f.value("SELECT failures FROM runs") == "0");
  CHECK(f.value("SELECT outcome || ' ' || error FROM attempt") == "lost the machine went down");
  CHECK(f.events_of("a") == "added claimed released");
  const auto again = f.queue.claim_next("cpu:0");
  REQUIRE(again);
  CHECK(again->fence.attempt == 2);
}

TEST_CASE("release makes a stopping run what was asked for") {
  ClaimedRun f;
  SUBCASE("pending") {
    REQUIRE(f.queue.stop(f.fence, RunQueue::AfterStop::pending));
    CHECK(f.state_of("a") == "stopping");
    CHECK(f.queue.open_attempts().at(0).state == RunState::stopping);
    CHECK(f.queue.release(f.fence, "stopped", "interrupted"));
    CHECK(f.state_of("a") == "pending");
  }
  SUBCASE("cancelled") {
    REQUIRE(f.queue.stop(f.fence, RunQueue::AfterStop::cancelled));
    CHECK(f.queue.release(f.fence, "stopped", "cancelled"));
    CHECK(f.state_of("a") == "cancelled");
  }
  SUBCASE("stopped for later, then cancelled by name") {
    REQUIRE(f.queue.stop(f.fence, RunQueue::AfterStop::pending));
    REQUIRE_FALSE(f.queue.cancel("a"));
    CHECK(f.queue.release(f.fence, "stopped", "cancelled"));
    CHECK(f.state_of("a") == "cancelled");
  }
}

TEST_CASE("release knows no other outcome than stopped and lost") {
  ClaimedRun f;
  CHECK_THROWS_AS(f.queue.release(f.fence, "bored", ""), Error);
  CHECK(f.state_of("a") == "running");
}

TEST_CASE("stop leaves a run that is stopping already as it is") {
  ClaimedRun f;
  CHECK(f.queue.stop(f.fence, RunQueue::AfterStop::cancelled));
  CHECK_FALSE(f.queue.stop(f.fence, RunQueue::AfterStop::pending));
  CHECK(f.queue.release(f.fence, "stopped", ""));
  CHECK(f.state_of("a") == "cancelled");
}

TEST_CASE("counts looks at current runs only") {
  QueueFixture f;
  f.queue.set_runs(sweep_row(), {new_run("a", 3), new_run("b", 2), new_run("c", 1)});
  REQUIRE(f.queue.finish(f.queue.claim_next("cpu:0")->fence, result_row(), {}, {}));
  f.queue.claim_next("cpu:0");
  CHECK(f.queue.counts().done == 1);
  CHECK(f.queue.counts().running == 1);
  CHECK(f.queue.counts().pending == 1);
  CHECK(f.queue.counts().total() == 3);
  f.queue.set_runs(sweep_row(), {new_run("b", 2)});
  CHECK(f.queue.counts().total() == 1);
  CHECK(f.queue.counts().running == 1);
}

TEST_CASE("wake does not wait for a time that a wrong clock set") {
  ClaimedRun f;
  const std::int64_t right_ms = f.now_ms;
  f.now_ms += 365LL * 24 * 3600 * 1000;
  REQUIRE(f.queue.fail(f.fence, failure(), f.now_ms + kPause_ms, 3));
  f.now_ms = right_ms;
  CHECK(f.queue.wake(kPause_ms) == 1);
  CHECK(f.state_of("a") == "pending");
}

TEST_CASE("wake writes nothing, and no other writer holds it up, while no pause is over") {
  ClaimedRun f;
  REQUIRE(f.queue.fail(f.fence, failure(), f.now_ms + 500, 3));
  bool waited = false;
  f.database.on_hindrance([&](Hindrance) { return !(waited = true); },
                          std::chrono::milliseconds(1));
  auto other = test::other_program(f.dir / "sweep.db");
  other.exec("BEGIN IMMEDIATE");
  CHECK(f.queue.wake(kPause_ms) == 0);
  CHECK_FALSE(waited);
  f.now_ms += 500;
  CHECK_THROWS_AS(f.queue.wake(kPause_ms), Error);
  CHECK(waited);
  other.exec("ROLLBACK");
  CHECK(f.queue.wake(kPause_ms) == 1);
}

TEST_CASE("record_gpu keeps the newest state of a GPU and logs changes only") {
  QueueFixture f;
  f.queue.record_gpu({"GPU-1", "H200", 1000, "free", ""});
  f.queue.record_gpu({"GPU-1", "H200", 1000, "free", ""});
  f.queue.record_gpu({"GPU-1", "H200", 1000, "foreign", "process 7"});
  CHECK(f.value("SELECT state || ' ' || reason FROM gpu") == "foreign process 7");
  CHECK(f.value("SELECT count(*) FROM event WHERE kind = 'gpu'") == "2");
}

TEST_CASE("a GPU is held from the claim of an attempt on it until that attempt ends") {
  QueueFixture f;
  const auto gpu = [&f] { return f.value("SELECT state FROM gpu"); };
  f.queue.record_gpu({"GPU-1", "H200", 1000, "free", ""});
  f.queue.set_runs(sweep_row(), {new_run("a", 2), new_run("b", 1)});
  const Fence first = f.queue.claim_next("GPU-1")->fence;
  CHECK(gpu() == "held");
  f.queue.record_gpu({"GPU-1", "H200", 1000, "free", ""});
  CHECK(gpu() == "held");
  const Fence second = f.queue.claim_next("GPU-1#1")->fence;
  REQUIRE(f.queue.release(first, "lost", "gone"));
  CHECK(gpu() == "held");
  SUBCASE("done") {
    REQUIRE(f.queue.finish(second, result_row(), {}, {}));
  }
  SUBCASE("failed") {
    REQUIRE(f.queue.fail(second, test::failure(), std::nullopt, 1));
  }
  SUBCASE("released") {
    REQUIRE(f.queue.release(second, "stopped", "asked to"));
  }
  CHECK(gpu() == "free");
}

TEST_CASE("claims and ends of attempts leave a GPU alone that is not free for us") {
  QueueFixture f;
  f.queue.record_gpu({"GPU-1", "H200", 1000, "quarantined", "3 memory errors"});
  f.queue.set_runs(sweep_row(), {new_run("a")});
  REQUIRE(f.queue.release(f.queue.claim_next("GPU-1")->fence, "lost", "gone"));
  CHECK(f.value("SELECT state FROM gpu") == "quarantined");
}

TEST_CASE("record_event notes what happened, about an attempt or about none") {
  ClaimedRun f;
  f.queue.record_event("sparks", "from the fan");
  f.queue.record_event("stalled", "no step for 10 min", f.fence);
  CHECK(f.value("SELECT ifnull(run_id, '-') || detail || at_ms FROM event WHERE kind = 'sparks'") ==
        "-from the fan1000000");
  CHECK(f.value("SELECT attempt FROM event WHERE kind = 'stalled'") == "1");
}

TEST_CASE("every GPU of a run on several is held until its attempt ends, and no other") {
  QueueFixture f;
  const auto held = [&f] {
    return f.value("SELECT group_concat(uuid) FROM gpu WHERE state = 'held'");
  };
  for (const char* uuid : {"GPU-1", "GPU-2", "GPU-22"}) {
    f.queue.record_gpu({uuid, "H200", 1000, "free", ""});
  }
  f.queue.set_runs(sweep_row(), {on_gpus("pair", 2)});
  const std::vector<std::string> free = {"GPU-1", "GPU-22"};
  const Fence fence = f.queue.claim_next(free)->fence;
  CHECK(held() == "GPU-1,GPU-22");
  f.queue.record_gpu({"GPU-22", "H200", 1000, "foreign", "process 7"});
  f.queue.record_gpu({"GPU-22", "H200", 1000, "free", ""});
  f.queue.record_gpu({"GPU-2", "H200", 1001, "free", ""});
  CHECK(held() == "GPU-1,GPU-22");
  REQUIRE(f.queue.release(fence, "lost", "gone"));
  CHECK(held() == "NULL");
}
