// Ctrl-C, stop, cancel, retry: everything a person does to a sweep that Slurm works at.
#include <csignal>
#include <filesystem>
#include <fstream>

#include "tests/slurm/slurm_sandbox.h"

#include <doctest/doctest.h>

using namespace radsweep::test;
namespace fs = std::filesystem;

namespace {

bool both_hold(const SlurmSandbox& sandbox) {
  return sandbox.holds("32-small-s1") && sandbox.holds("32-small-s2");
}

std::string state(const Sandbox& sandbox, const std::string& run) {
  return sandbox.ask_one("SELECT state FROM runs WHERE run_id = '" + run + "'");
}

}  // namespace

TEST_CASE("Ctrl-C ends the waiting only, and says how to end the jobs") {
  SlurmSandbox sandbox(2);
  Radsweep radsweep = sandbox.launch(sandbox.held());
  REQUIRE(in_time([&] { return both_hold(sandbox); }));
  radsweep.signal(SIGINT);
  CHECK(radsweep.wait(kPatience_s) == 75);
  CHECK(radsweep.errors().find("radsweep stop") != std::string::npos);
  CHECK(sandbox.queue().size() == 2);
  CHECK(sandbox.workers().size() >= 2);
  sandbox.open_gate();
  CHECK(sandbox.complete() == 0);
  CHECK(sandbox.arrays() == 1);
  CHECK(sandbox.ask_one("SELECT sum(attempts) FROM runs") == "2");
  sandbox.check_complete();
}

TEST_CASE("stop ends the elements after a checkpoint, and none comes back by itself") {
  std::vector<std::string> settings;
  bool waiting = true;
  SUBCASE("of a waiting run, RequeueExit=75") {}
  SUBCASE("of a waiting run, no RequeueExit") {
    settings = {"RequeueExit="};
  }
  SUBCASE("of a detached sweep") {
    waiting = false;
  }
  SlurmSandbox sandbox(3, "throttle: 2", settings);
  Radsweep radsweep =
      waiting ? sandbox.launch(sandbox.held()) : sandbox.launch(sandbox.held(), {"--detach"});
  REQUIRE(in_time([&] { return both_hold(sandbox); }));
  if (!waiting) REQUIRE(radsweep.wait(kPatience_s) == 0);
  CHECK(sandbox.say({"stop"}) == 0);
  CHECK(sandbox.workers().empty());
  CHECK(sandbox.queue().empty());
  if (waiting) CHECK(radsweep.wait(kPatience_s) == 75);
  CHECK(sandbox.say({"status"}) == 0);
  CHECK(sandbox.ask("SELECT DISTINCT state FROM runs") == std::vector<std::string>{"pending"});
  CHECK(sandbox.ask("SELECT outcome FROM attempt") ==
        std::vector<std::string>{"stopped", "stopped"});
  CHECK(sandbox.complete() == 0);
  CHECK(sandbox.ask("SELECT attempts FROM runs ORDER BY run_id") ==
        std::vector<std::string>{"2", "2", "1"});
  CHECK(sandbox.ask_one("SELECT sum(failures) FROM runs") == "0");
  sandbox.check_complete();
}

TEST_CASE("cancel ends one run and leaves the others alone; retry brings it back") {
  SlurmSandbox sandbox(2);
  bool waiting = false;
  SUBCASE("of a waiting run") {
    waiting = true;
  }
  SUBCASE("of a detached sweep") {}
  Radsweep radsweep =
      waiting ? sandbox.launch(sandbox.held()) : sandbox.launch(sandbox.held(), {"--detach"});
  REQUIRE(in_time([&] { return both_hold(sandbox); }));
  if (!waiting) REQUIRE(radsweep.wait(kPatience_s) == 0);
  CHECK(sandbox.say({"cancel", "32-small-s1"}) == 0);
  CHECK(in_time([&] { return state(sandbox, "32-small-s1") == "cancelled"; }));
  CHECK(in_time([&] { return sandbox.queue().size() == 1; }));
  CHECK(state(sandbox, "32-small-s2") != "cancelled");
  sandbox.open_gate();
  if (waiting) {
    CHECK(radsweep.wait(kPatience_s) == 0);
  } else {
    CHECK(sandbox.complete() == 0);
  }
  CHECK(sandbox.ask("SELECT state FROM runs ORDER BY run_id") ==
        std::vector<std::string>{"cancelled", "done"});
  CHECK(sandbox.say({"retry", "32-small-s1"}) == 0);
  CHECK(sandbox.complete() == 0);
  CHECK(sandbox.ask("SELECT state || attempts FROM runs ORDER BY run_id") ==
        std::vector<std::string>{"done2", "done1"});
  sandbox.check_complete();
}

TEST_CASE("cancel of a run that waits in Slurm's queue takes it out of there") {
  SlurmSandbox sandbox(2, kLater);
  CHECK(sandbox.launch("", {"--detach"}).wait(kPatience_s) == 0);
  REQUIRE(sandbox.queue().size() == 2);
  sandbox.note_scancel();
  CHECK(sandbox.say({"cancel", "32-small-s2"}) == 0);
  CHECK(sandbox.scancel_calls().find("_1") != std::string::npos);
  CHECK(state(sandbox, "32-small-s2") == "cancelled");
  CHECK(in_time([&] { return sandbox.queue().size() == 1; }));
  sandbox.release();
  CHECK(sandbox.complete() == 0);
  CHECK(sandbox.ask("SELECT state || attempts FROM runs ORDER BY run_id") ==
        std::vector<std::string>{"done1", "cancelled0"});
  sandbox.check_nothing_left();
}
