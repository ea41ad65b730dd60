#include "db/pruned.h"

#include <doctest/doctest.h>

#include "tests/db/queue_fixture.h"

using namespace radsweep::db;
using radsweep::test::QueueFixture;

namespace {

struct OneRun : QueueFixture {
  OneRun() { queue.set_runs(radsweep::test::sweep_row(), {radsweep::test::new_run("a")}); }
  Fence claimed() { return queue.claim_next("cpu:0").value().fence; }
};

}  // namespace

TEST_CASE("a pruned run is stopped, then cancelled, and says why until it is retried") {
  OneRun f;
  const Fence fence = f.claimed();
  CHECK(f.queue.prune(fence, "epoch 3: 0.7 is below 0.8"));
  REQUIRE(read_pruned(f.database).size() == 1);
  CHECK(f.value("SELECT state FROM runs") == "stopping");
  f.queue.release(fence, "stopped", "checkpointed and left");
  CHECK(f.value("SELECT state FROM runs") == "cancelled");
  CHECK_FALSE(f.queue.next_gpus(1));
  REQUIRE(read_pruned(f.database).size() == 1);
  CHECK(read_pruned(f.database)[0].name == "a");
  CHECK(read_pruned(f.database)[0].reason == "epoch 3: 0.7 is below 0.8");
  CHECK_FALSE(f.queue.retry("a"));
  CHECK(read_pruned(f.database).empty());
  CHECK(was_ever_pruned(f.database, fence.run_id));
  f.queue.cancel("a");
  CHECK(read_pruned(f.database).empty());  // by somebody
}

TEST_CASE("a pruned run whose worker had finished is done, not pruned") {
  OneRun f;
  const Fence fence = f.claimed();
  f.queue.prune(fence, "epoch 3: 0.7 is below 0.8");
  CHECK(f.queue.finish(fence, {}, {}, {}));
  CHECK(f.value("SELECT state FROM runs") == "done");
  CHECK(read_pruned(f.database).empty());
}

TEST_CASE("who was superseded or is stopping already cannot be pruned") {
  OneRun f;
  Fence fence = f.claimed();
  SUBCASE("superseded") {
    f.queue.release(fence, "lost", "gone");
    f.claimed();
  }
  SUBCASE("being cancelled") {
    f.queue.cancel("a");
  }
  CHECK_FALSE(f.queue.prune(fence, "epoch 3: 0.7 is below 0.8"));
  CHECK(read_pruned(f.database).empty());
  CHECK_FALSE(was_ever_pruned(f.database, fence.run_id));
  CHECK(f.value("SELECT count(*) FROM event WHERE kind = 'fenced'") == "1");
}

TEST_CASE("pruning a run while the user stops everything is refused, not mixed up") {
  OneRun f;
  const Fence fence = f.claimed();
  f.queue.stop(fence, RunQueue::AfterStop::pending);
  CHECK_FALSE(f.queue.prune(fence, "epoch 3: 0.7 is below 0.8"));
  f.queue.release(fence, "stopped", "checkpointed and left");
  CHECK(f.value("SELECT state FROM runs") == "pending");
}
