// Processes die; the same command completes the sweep all the same.
#include <csignal>
#include <filesystem>
#include <random>

#include "base/durable_file.h"
#include "tests/process/sandbox.h"

#include <doctest/doctest.h>

using namespace radsweep::test;
namespace fs = std::filesystem;

namespace {

// The numbers of a sweep that nothing disturbed.
std::vector<std::string> undisturbed(int seeds) {
  Sandbox sandbox(seeds);
  REQUIRE(sandbox.run() == 0);
  return sandbox.numbers();
}

bool has_state(const Sandbox& sandbox, const std::string& run, const std::string& state) {
  return sandbox.ask_one("SELECT state FROM runs WHERE run_id = '" + run + "'") == state;
}

}  // namespace

TEST_CASE("workers and orchestrators killed again and again leave the numbers as they were") {
  // Who is killed before its first step did not advance, so it is charged: allow for many.
  Sandbox sandbox(4, 100);
  std::mt19937 random(20240517);  // which dies next; when is up to the machine
  const std::string fake = "steps=12 step_ms=3";
  std::optional<int> code;
  for (int life = 0; life < 12 && !code; ++life) {
    Radsweep radsweep = sandbox.start(fake);
    for (int kill = 0; kill < 3 && !code; ++kill) {
      code = radsweep.wait(0.06);
      const std::vector<int> workers = sandbox.workers();
      if (!workers.empty()) ::kill(workers[random() % workers.size()], SIGKILL);
    }
    if (code) continue;
    radsweep.signal(SIGKILL);
    const std::optional<int> ended = radsweep.wait();
    REQUIRE(ended.has_value());
    if (*ended != -SIGKILL) code = ended;  // it had come to its end by itself
  }
  CHECK(code.value_or(0) == 0);
  CHECK(sandbox.run(fake) == 0);
  CHECK(sandbox.ask("SELECT state FROM runs WHERE state <> 'done'").empty());
  CHECK(sandbox.ask_one("SELECT count(*) FROM result") == "4");
  CHECK(sandbox.ask("SELECT 1 FROM attempt WHERE ended_ms IS NULL").empty());
  CHECK(sandbox.ask_one("SELECT max(attempt) FROM attempt") > "1");
  Sandbox calm(4);
  REQUIRE(calm.run(fake) == 0);
  CHECK(sandbox.numbers() == calm.numbers());
}

TEST_CASE("a finished sweep that is run again starts no worker") {
  Sandbox sandbox(2);
  REQUIRE(sandbox.run() == 0);
  fs::remove_all(sandbox.folder() / "runs" / ".cache");
  CHECK(sandbox.run("signal=9") == 0);
  CHECK(sandbox.ask("SELECT attempts FROM runs") == std::vector<std::string>{"1", "1"});
  CHECK_FALSE(fs::exists(sandbox.attempt("32-small-s1", 2)));
  CHECK_FALSE(fs::exists(sandbox.folder() / "runs" / ".cache"));
}

TEST_CASE("workers killed with -9 at a step continue from their checkpoints to the same numbers") {
  Sandbox sandbox(3);
  CHECK(sandbox.run("signal=9 at=3 until=1") == 0);
  CHECK(sandbox.ask("SELECT DISTINCT attempts FROM runs") == std::vector<std::string>{"2"});
  CHECK(sandbox.ask_one("SELECT sum(failures) FROM runs") == "0");
  CHECK(sandbox.numbers() == undisturbed(3));
}

TEST_CASE("after kill -9 of the orchestrator the next one adopts the living workers") {
  Sandbox sandbox(3);
  const std::string fake = "at=3 wait_for=" + sandbox.gate();
  Radsweep first = sandbox.start(fake);
  REQUIRE(eventually([&] {
    return fs::exists(sandbox.attempt("32-small-s1", 1) / "last.ckpt") &&
           fs::exists(sandbox.attempt("32-small-s2", 1) / "last.ckpt");
  }));
  first.signal(SIGKILL);
  REQUIRE(first.wait() == -SIGKILL);
  const std::vector<int> before = sandbox.workers();
  CHECK(before.size() == 2);

  Radsweep second = sandbox.start(fake);
  REQUIRE(
      eventually([&] { return second.errors().find("32-small-s2 goes on") != std::string::npos; }));
  CHECK(sandbox.workers() == before);
  sandbox.open_gate();
  CHECK(second.wait() == 0);
  CHECK(sandbox.ask("SELECT DISTINCT attempts FROM runs") == std::vector<std::string>{"1"});
  CHECK(sandbox.numbers() == undisturbed(3));
}

TEST_CASE("a result sealed while no orchestrator lived is taken, not computed again") {
  Sandbox sandbox(1);
  const std::string fake = "linger wait_for=" + sandbox.gate();
  Radsweep first = sandbox.start(fake);
  REQUIRE(
      eventually([&] { return fs::exists(sandbox.attempt("32-small-s1", 1) / "result.json"); }));
  first.signal(SIGKILL);
  REQUIRE(first.wait() == -SIGKILL);
  sandbox.open_gate();
  REQUIRE(eventually([&] { return sandbox.workers().empty(); }));
  CHECK(has_state(sandbox, "32-small-s1", "running"));
  CHECK(sandbox.run("signal=9") == 0);
  CHECK(has_state(sandbox, "32-small-s1", "done"));
  CHECK(sandbox.numbers() == undisturbed(1));
}

TEST_CASE("a run whose orchestrator and worker both died is released without a counted failure") {
  Sandbox sandbox(1);
  Radsweep first = sandbox.start("at=3 wait_for=" + sandbox.gate());
  REQUIRE(eventually([&] { return fs::exists(sandbox.attempt("32-small-s1", 1) / "last.ckpt"); }));
  first.signal(SIGKILL);
  REQUIRE(first.wait() == -SIGKILL);
  for (int pid : sandbox.workers()) ::kill(pid, SIGKILL);
  REQUIRE(eventually([&] { return sandbox.workers().empty(); }));
  CHECK(sandbox.run() == 0);
  CHECK(sandbox.ask_one("SELECT failures FROM runs") == "0");
  CHECK(sandbox.ask_one("SELECT outcome FROM attempt WHERE attempt = 1") == "lost");
  CHECK(sandbox.numbers() == undisturbed(1));
}

TEST_CASE("kill -9 of the orchestrator ends the child that prepares its data") {
  Sandbox sandbox(1);
  Radsweep radsweep = sandbox.start("prepare_waits_for=" + sandbox.gate());
  const fs::path told = sandbox.gate() + ".pid";
  REQUIRE(eventually([&] { return fs::exists(told); }));
  const int child = std::stoi(radsweep::read_file(told));
  REQUIRE(is_alive(child));
  radsweep.signal(SIGKILL);
  REQUIRE(radsweep.wait() == -SIGKILL);
  CHECK(eventually([&] { return !is_alive(child); }));
  CHECK(sandbox.command({"stop"}).wait() == 0);
  sandbox.open_gate();
  CHECK(sandbox.run() == 0);
}

TEST_CASE("a second orchestrator is refused by name, and starts at once when the first is killed") {
  Sandbox sandbox(1);
  const std::string fake = "wait_for=" + sandbox.gate();
  Radsweep first = sandbox.start(fake);
  REQUIRE(eventually([&] { return sandbox.workers().size() == 1; }));
  Radsweep second = sandbox.start(fake);
  CHECK(second.wait() == 5);
  CHECK(second.errors().find("process " + std::to_string(first.pid())) != std::string::npos);
  first.signal(SIGKILL);
  REQUIRE(first.wait() == -SIGKILL);
  sandbox.open_gate();
  CHECK(sandbox.run() == 0);
}

TEST_CASE("one poisoned run fails after its attempts while all others finish") {
  Sandbox sandbox(4);
  SUBCASE("it exits 0 without a result") {
    CHECK(sandbox.run("32-small-s2: exit=0") == 3);
    CHECK(sandbox.ask_one("SELECT error FROM runs WHERE state = 'failed'") ==
          "ended without a result");
  }
  SUBCASE("it crashes") {
    CHECK(sandbox.run("32-small-s2: signal=11") == 3);
    CHECK(sandbox.ask_one("SELECT error_class FROM runs WHERE state = 'failed'") == "signal");
  }
  SUBCASE("its AUC is not a number") {
    CHECK(sandbox.run("32-small-s2: nan") == 3);
    CHECK(sandbox.ask_one("SELECT attempts FROM runs WHERE state = 'failed'") == "2");
  }
  SUBCASE("its result names another attempt") {
    CHECK(sandbox.run("32-small-s2: wrong_attempt") == 3);
  }
  SUBCASE("its result predicts a study twice, which the database refuses") {
    CHECK(sandbox.run("32-small-s2: twice") == 3);
    CHECK(
        sandbox.ask_one("SELECT error FROM runs WHERE state = 'failed'").find("two predictions") !=
        std::string::npos);
    CHECK(sandbox.run() == 3);
    CHECK(sandbox.command({"stop"}).wait() == 0);
  }
  SUBCASE("its data is refused: once is enough") {
    CHECK(sandbox.run("32-small-s2: fail=bad_data") == 3);
    CHECK(sandbox.ask_one("SELECT attempts FROM runs WHERE state = 'failed'") == "1");
    CHECK(sandbox.ask_one("SELECT log_tail FROM attempt WHERE outcome = 'failed'")
              .find("about to fail") != std::string::npos);
  }
  CHECK(sandbox.ask_one("SELECT count(*) FROM runs WHERE state = 'done'") == "3");
}
