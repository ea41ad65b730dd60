// radsweep-worker when several processes train one run.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "base/durable_file.h"
#include "tests/worker/train/worker_process.h"
#include "worker/attempt/alive_lock.h"
#include "worker/attempt/attempt_files.h"
#include "worker/attempt/events.h"
#include "worker/attempt/result.h"

using namespace radsweep;
using namespace radsweep::test;
using attempt::Result;

namespace {

// Two processes train it.
void let_two_train(TinyRun& tiny) {
  tiny.spec.slot.others = {{"", 1, {}}};
}

}  // namespace

TEST_CASE("an attempt of two ranks is sealed once, and measures what one process measures") {
  TinyRun tiny, alone;
  let_two_train(tiny);
  const fs::path folder = tiny.new_attempt(1);
  REQUIRE(run(folder) == 0);
  REQUIRE(run(alone.new_attempt(1)) == 0);
  const Result result = numbers_of(folder), wanted = numbers_of(alone.dir / "1");
  CHECK(result.device == "2 x CPU, 1 thread");
  CHECK(result.steps == TinyRun::kSteps);
  REQUIRE(result.epochs.size() == wanted.epochs.size());
  for (std::size_t i = 0; i < wanted.epochs.size(); ++i) {
    CHECK(result.epochs[i].train_loss ==
          doctest::Approx(wanted.epochs[i].train_loss).epsilon(1e-5));
    CHECK(result.epochs[i].valid_loss ==
          doctest::Approx(wanted.epochs[i].valid_loss).epsilon(1e-5));
  }
  CHECK(attempt::read_events(folder, 0).events.size() == 4);
  CHECK_FALSE(attempt::probe_alive_lock(folder).held);
}

TEST_CASE("the death of either rank ends the attempt by the same signal, and it resumes exactly") {
  TinyRun tiny, other;
  for (TinyRun* run : {&tiny, &other}) let_two_train(*run);
  for (TinyRun* run : {&tiny, &other}) run->spec.recipe.epochs = 18;
  other.spec.data = tiny.spec.data;
  REQUIRE(run(other.new_attempt(1)) == 0);
  int number = 1;
  for (; number <= 3; ++number) {
    const fs::path folder = tiny.new_attempt(number);
    Worker worker(folder);
    REQUIRE(eventually([&] { return fs::exists(folder / attempt::kLastCheckpoint); }));
    const int rank = other_rank_of(worker.pid());
    REQUIRE(rank > 0);
    const int victim = number == 2 ? worker.pid() : rank;
    ::kill(victim, number == 3 ? SIGSEGV : SIGKILL);
    CHECK(worker.exit_code() == 128 + (number == 3 ? SIGSEGV : SIGKILL));
    CHECK(eventually([&] { return !attempt::probe_alive_lock(folder).held; }));
    CHECK_FALSE(attempt::read_result(folder));
  }
  const fs::path last = tiny.new_attempt(number);
  REQUIRE(run(last) == 0);
  const bool same = numbers_of(last) == numbers_of(other.dir / "1");
  CHECK(same);
}

TEST_CASE("two ranks asked to stop checkpoint together, and the next attempt resumes exactly") {
  TinyRun tiny, other;
  for (TinyRun* run : {&tiny, &other}) let_two_train(*run);
  for (TinyRun* run : {&tiny, &other}) run->spec.recipe.epochs = 18;
  other.spec.data = tiny.spec.data;
  REQUIRE(run(other.new_attempt(1)) == 0);
  const fs::path folder = tiny.new_attempt(1);
  Worker worker(folder);
  REQUIRE(eventually([&] { return fs::exists(folder / attempt::kLastCheckpoint); }));
  ::kill(other_rank_of(worker.pid()), SIGTERM);  // as a signal to the group does: not its to heed
  worker.signal(SIGTERM);
  CHECK(worker.exit_code() == static_cast<int>(attempt::WorkerExit::stopped));
  CHECK_FALSE(attempt::probe_alive_lock(folder).held);
  REQUIRE(run(tiny.new_attempt(2)) == 0);
  const bool same = numbers_of(tiny.dir / "2") == numbers_of(other.dir / "1");
  CHECK(same);
}

TEST_CASE("what one rank cannot do is the attempt's failure, with that rank's words and class") {
  TinyRun tiny;
  tiny.spec.slot.others = {{"GPU-00000000-1111-2222-3333-444444444444", 1, {}}};
  const Result result =
      failed_result(tiny.new_attempt(1), attempt::WorkerExit::bad_device, "device");
  CHECK(result.error.find("rank 1: ") == 0);
}

TEST_CASE("a loss that is not finite ends all ranks, and is sealed once") {
  TinyRun tiny;
  let_two_train(tiny);
  tiny.spec.recipe.base_lr = 1000;
  tiny.spec.recipe.weight_decay = 100;
  failed_result(tiny.new_attempt(1), attempt::WorkerExit::failed, "nan");
}

TEST_CASE("a rank that nobody started says so") {
  const TinyRun tiny;
  const fs::path folder = tiny.new_attempt(1);
  CHECK(run_verb({"train", folder, "--rank", "1"}, tiny.dir / "log") ==
        static_cast<int>(attempt::WorkerExit::bad_spec));
  CHECK(read_file(tiny.dir / "log").find("no other rank started this") != std::string::npos);
}

TEST_CASE("more ranks than studies in a batch are refused") {
  TinyRun tiny;
  tiny.spec.slot.others.resize(6);
  failed_result(tiny.new_attempt(1), attempt::WorkerExit::bad_spec, "bad_spec");
}
