// Ctrl-C, stop, cancel, retry: everything a person does to a running sweep.
#include <csignal>
#include <filesystem>

#include "db/run_queue.h"
#include "tests/process/sandbox.h"

#include <doctest/doctest.h>

using namespace radsweep::test;
namespace fs = std::filesystem;

namespace {

// A sweep whose two workers hold at their third step until the gate opens.
std::string held(const Sandbox& sandbox) {
  return "at=3 wait_for=" + sandbox.gate();
}

bool both_hold(const Sandbox& sandbox) {
  return fs::exists(sandbox.attempt("32-small-s1", 1) / "last.ckpt") &&
         fs::exists(sandbox.attempt("32-small-s2", 1) / "last.ckpt");
}

std::string state(const Sandbox& sandbox, const std::string& run) {
  return sandbox.ask_one("SELECT state FROM runs WHERE run_id = '" + run + "'");
}

}  // namespace

TEST_CASE("the first Ctrl-C checkpoints every worker, and the next run continues") {
  Sandbox sandbox(3);
  Radsweep radsweep = sandbox.start(held(sandbox));
  REQUIRE(eventually([&] { return both_hold(sandbox); }));
  int number = 0;
  SUBCASE("INT") {
    number = SIGINT;
  }
  SUBCASE("TERM") {
    number = SIGTERM;
  }
  SUBCASE("HUP") {
    number = SIGHUP;
  }
  radsweep.signal(number);
  CHECK(radsweep.wait() == 75);
  CHECK(sandbox.workers().empty());
  CHECK(sandbox.ask("SELECT DISTINCT state FROM runs") == std::vector<std::string>{"pending"});
  CHECK(sandbox.ask("SELECT DISTINCT outcome FROM attempt") == std::vector<std::string>{"stopped"});
  CHECK(sandbox.run() == 0);
  CHECK(sandbox.ask_one("SELECT sum(failures) FROM runs") == "0");
  Sandbox calm(3);
  REQUIRE(calm.run() == 0);
  CHECK(sandbox.numbers() == calm.numbers());
}

TEST_CASE("a worker that ignores TERM is killed after the grace") {
  Sandbox sandbox(2);
  Radsweep radsweep = sandbox.start("steps=1000 step_ms=5 ignore_term", {"--grace-s", "0.2"});
  REQUIRE(eventually([&] { return sandbox.workers().size() == 2; }));
  radsweep.signal(SIGINT);
  CHECK(radsweep.wait() == 75);
  CHECK(radsweep.errors().find("did not leave in time") != std::string::npos);
  CHECK(sandbox.workers().empty());
  CHECK(sandbox.ask("SELECT DISTINCT state FROM runs") == std::vector<std::string>{"pending"});
}

TEST_CASE("the second Ctrl-C kills the workers and exits with 130") {
  Sandbox sandbox(2);
  Radsweep radsweep = sandbox.start("steps=1000 step_ms=5 ignore_term");
  REQUIRE(eventually([&] { return sandbox.workers().size() == 2; }));
  radsweep.signal(SIGINT);
  REQUIRE(eventually([&] { return radsweep.errors().find("stopping") != std::string::npos; }));
  radsweep.signal(SIGINT);
  CHECK(radsweep.wait() == 130);
  CHECK(sandbox.workers().empty());
  CHECK(sandbox.ask("SELECT DISTINCT state FROM runs") == std::vector<std::string>{"pending"});
}

TEST_CASE("Ctrl-C reaches the workers while another program holds the database") {
  Sandbox sandbox(2);
  Radsweep radsweep = sandbox.start(held(sandbox));
  REQUIRE(eventually([&] { return both_hold(sandbox); }));
  {
    auto foreign = radsweep::db::Database::open_for_writing(sandbox.store() / "sweep.db");
    foreign.transaction([&] {
      radsweep.signal(SIGINT);
      CHECK(eventually([&] { return sandbox.workers().empty(); }));
      CHECK_FALSE(radsweep.wait(0.1).has_value());
    });
  }
  CHECK(radsweep.wait() == 75);
  CHECK(sandbox.ask("SELECT DISTINCT outcome FROM attempt") == std::vector<std::string>{"stopped"});
}

TEST_CASE("stop ends everything the store started") {
  Sandbox sandbox(2);
  Radsweep radsweep = sandbox.start(held(sandbox));
  REQUIRE(eventually([&] { return both_hold(sandbox); }));
  SUBCASE("through the orchestrator that owns it") {
    CHECK(sandbox.command({"stop", "tiny"}).wait() == 0);
    CHECK(radsweep.wait() == 75);
  }
  SUBCASE("without an orchestrator") {
    radsweep.signal(SIGKILL);
    REQUIRE(radsweep.wait() == -SIGKILL);
    CHECK(sandbox.command({"stop"}).wait() == 0);
  }
  CHECK(sandbox.workers().empty());
  CHECK(sandbox.ask("SELECT DISTINCT state FROM runs") == std::vector<std::string>{"pending"});
  CHECK(sandbox.ask("SELECT DISTINCT outcome FROM attempt") == std::vector<std::string>{"stopped"});
}

TEST_CASE("cancel stops one running run and retry brings it back") {
  Sandbox sandbox(2);
  Radsweep radsweep = sandbox.start(held(sandbox));
  REQUIRE(eventually([&] { return both_hold(sandbox); }));
  SUBCASE("through the living orchestrator") {
    CHECK(sandbox.command({"cancel", "32-small-s1"}).wait() == 0);
    CHECK(eventually([&] { return state(sandbox, "32-small-s1") == "cancelled"; }));
    CHECK(state(sandbox, "32-small-s2") == "running");
    CHECK(sandbox.command({"retry", "tiny", "32-small-s1"}).wait() == 0);
    CHECK(eventually([&] { return state(sandbox, "32-small-s1") == "running"; }));
    CHECK(sandbox.command({"retry", "32-small-s2"}).wait() == 2);
    sandbox.open_gate();
    CHECK(radsweep.wait() == 0);
  }
  SUBCASE("without an orchestrator the other worker goes on") {
    radsweep.signal(SIGKILL);
    REQUIRE(radsweep.wait() == -SIGKILL);
    CHECK(sandbox.command({"cancel", "32-small-s1"}).wait() == 0);
    CHECK(state(sandbox, "32-small-s1") == "cancelled");
    CHECK(sandbox.workers().size() == 1);
    CHECK(sandbox.command({"retry", "32-small-s1"}).wait() == 0);
    sandbox.open_gate();
    CHECK(sandbox.run() == 0);
  }
  CHECK(sandbox.ask("SELECT state || attempts FROM runs ORDER BY run_id") ==
        std::vector<std::string>{"done2", "done1"});
}

TEST_CASE("a detached sweep outlives the command and is stopped by name") {
  Sandbox sandbox(2);
  CHECK(sandbox.start(held(sandbox), {"--detach"}).wait() == 0);
  REQUIRE(eventually([&] { return both_hold(sandbox); }));
  CHECK(sandbox.run() == 5);
  CHECK(sandbox.command({"stop"}).wait() == 0);
  CHECK(sandbox.workers().empty());
  CHECK(fs::file_size(sandbox.store() / "orchestrator.log") > 0);
}
