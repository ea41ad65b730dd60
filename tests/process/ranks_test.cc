// `gpus_per_run: 2` with the worker that trains: two processes for each run.
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/process/sandbox.h"

#include <doctest/doctest.h>

using namespace radsweep::test;
namespace fs = std::filesystem;

namespace {

void replace(std::string& text, const std::string& old_words, const std::string& words) {
  REQUIRE(text.find(old_words) != std::string::npos);
  text.replace(text.find(old_words), old_words.size(), words);
}

// One run of two ranks, long enough to be caught in the middle.
class TwoRanks : public Sandbox {
 public:
  TwoRanks() : Sandbox(1, 3, {{"RADSWEEP_WORKER", REAL_WORKER_PROGRAM}}) {
    std::stringstream text;
    text << std::ifstream(folder() / "tiny.yaml").rdbuf();
    std::string sweep = text.str();
    replace(sweep, "cpu_slots: 2", "cpu_slots: 1, gpus_per_run: 2");
    replace(sweep, "epochs: 2,", "epochs: 40,");
    std::ofstream(folder() / "tiny.yaml") << sweep;
  }
};

constexpr double kLong_s = 120;  // of a busy machine

// Of the run's first attempt, once it has a checkpoint: rank 0, then the other.
std::vector<int> ranks_at_work(const Sandbox& sandbox) {
  REQUIRE(eventually([&] { return fs::exists(sandbox.attempt("32-small-s1", 1) / "last.ckpt"); },
                     kLong_s));
  std::vector<int> pids = sandbox.workers();
  REQUIRE(pids.size() == 2);
  if (parent_of(pids[0]) == pids[1]) std::swap(pids[0], pids[1]);
  REQUIRE(parent_of(pids[1]) == pids[0]);
  return pids;
}

std::vector<std::string> undisturbed_numbers() {
  TwoRanks calm;
  Radsweep radsweep = calm.start();
  REQUIRE(radsweep.wait(kLong_s) == 0);
  CHECK(calm.ask_one("SELECT device FROM runs") == "2 x CPU, 1 thread");
  return calm.numbers();
}

}  // namespace

TEST_CASE("a sweep of runs on two processes each survives the death of either and a stop" *
          doctest::skip(!*REAL_WORKER_PROGRAM)) {
  static const std::vector<std::string> undisturbed = undisturbed_numbers();
  TwoRanks sandbox;
  Radsweep radsweep = sandbox.start();
  const std::vector<int> ranks = ranks_at_work(sandbox);
  SUBCASE("the second rank is killed") {
    ::kill(ranks[1], SIGKILL);
    CHECK(eventually([&] { return !is_alive(ranks[0]); }));
    CHECK(radsweep.wait(kLong_s) == 0);
  }
  SUBCASE("the first rank is killed") {
    ::kill(ranks[0], SIGKILL);
    CHECK(eventually([&] { return !is_alive(ranks[1]); }));
    CHECK(radsweep.wait(kLong_s) == 0);
  }
  SUBCASE("the orchestrator is killed, and the next one adopts both") {
    radsweep.signal(SIGKILL);
    radsweep.wait();
    CHECK(is_alive(ranks[1]));
    Radsweep next = sandbox.start();
    CHECK(next.wait(kLong_s) == 0);
    CHECK(sandbox.ask_one("SELECT count(*) FROM attempt") == "1");
  }
  SUBCASE("it is asked to stop") {
    radsweep.signal(SIGTERM);
    CHECK(radsweep.wait(kLong_s) == 75);
    CHECK(sandbox.workers().empty());
    CHECK(sandbox.ask_one("SELECT outcome FROM attempt") == "stopped");
    Radsweep next = sandbox.start();
    CHECK(next.wait(kLong_s) == 0);
  }
  CHECK(sandbox.ask_one("SELECT state FROM runs") == "done");
  CHECK(sandbox.numbers() == undisturbed);
  CHECK(sandbox.workers().empty());
}

TEST_CASE("plan shows how many processes work on a run" * doctest::skip(!*REAL_WORKER_PROGRAM)) {
  TwoRanks sandbox;
  Radsweep plan = sandbox.command({"plan", "tiny.yaml"});
  CHECK(plan.wait() == 0);
  CHECK(plan.output().find("each run takes 2 of them") != std::string::npos);
}
