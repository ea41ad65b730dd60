// What Slurm does to its jobs, and what befalls them.
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "tests/slurm/slurm_sandbox.h"

#include <doctest/doctest.h>

using namespace radsweep::test;
namespace fs = std::filesystem;

namespace {

// A sandbox of two runs whose first attempts stand at the gate, and the process that waits for
// them.
struct TwoHeld : SlurmSandbox {
  explicit TwoHeld(const std::string& slurm = "", const std::vector<std::string>& settings = {})
      : SlurmSandbox(2, slurm, settings), radsweep(launch(held("until=1"))) {
    REQUIRE(in_time([&] { return holds("32-small-s1") && holds("32-small-s2"); }));
  }
  // "done2" for each run: its state and the number of its attempts.
  std::vector<std::string> states() const {
    return ask("SELECT state || attempts FROM runs ORDER BY run_id");
  }
  Radsweep radsweep;
};

bool took_up(const Sandbox& sandbox, const std::string& run, int number) {
  return fs::exists(sandbox.attempt(run, number) / "events.jsonl");
}

}  // namespace

TEST_CASE("a node that loses power: its run is continued on the other one") {
  TwoHeld sandbox("extra: [--exclusive]", {"SlurmdTimeout=3"});  // one on each node
  const std::string lost = sandbox.variable("32-small-s1", 1, "SLURMD_NODENAME");
  sandbox.cluster("node-down", lost);
  CHECK(sandbox.processes().size() < 8);
  sandbox.open_gate();
  CHECK(sandbox.radsweep.wait(kPatience_s) == 0);
  CHECK(sandbox.states() == std::vector<std::string>{"done2", "done1"});
  CHECK(sandbox.ask_one("SELECT sum(failures) FROM runs") == "0");
  sandbox.check_complete();
}

TEST_CASE("elements that make way for a higher partition are continued from their checkpoint") {
  TwoHeld sandbox;
  sandbox.shell("sbatch --partition=urgent --nodes=2 --exclusive --output=/dev/null --wrap true");
  CHECK(sandbox.radsweep.wait(kPatience_s) == 0);
  CHECK(sandbox.states() == std::vector<std::string>{"done2", "done2"});
  CHECK(sandbox.ask("SELECT DISTINCT outcome FROM attempt WHERE attempt = 1") ==
        std::vector<std::string>{"stopped"});
  CHECK(sandbox.ask_one("SELECT sum(failures) FROM runs") == "0");
  sandbox.check_complete();
}

TEST_CASE("a requeued element is continued from its checkpoint, whoever asked for it") {
  std::vector<std::string> settings;
  std::string what = "scontrol requeue ";
  SUBCASE("scontrol requeue, RequeueExit=75") {}
  SUBCASE("scontrol requeue, no RequeueExit") {
    settings = {"RequeueExit="};
  }
  SUBCASE("the warning before the time limit, RequeueExit=75") {
    what = "scancel --signal=USR1 --batch ";
  }
  SUBCASE("the warning before the time limit, no RequeueExit") {
    what = "scancel --signal=USR1 --batch ";
    settings = {"RequeueExit="};
  }
  TwoHeld sandbox("", settings);
  sandbox.shell(what + sandbox.element("32-small-s1"));
  REQUIRE(in_time([&] { return took_up(sandbox, "32-small-s1", 2); }));
  CHECK(sandbox.holds("32-small-s2"));
  sandbox.open_gate();
  CHECK(sandbox.radsweep.wait(kPatience_s) == 0);
  CHECK(sandbox.states() == std::vector<std::string>{"done2", "done1"});
  CHECK(sandbox.arrays() == 1);
  CHECK(sandbox.ask_one("SELECT outcome FROM attempt WHERE attempt = 1 ORDER BY run_id") ==
        "stopped");
  CHECK(sandbox.ask_one("SELECT sum(failures) FROM runs") == "0");
  sandbox.check_complete();
}

TEST_CASE("a worker that stops again and again without a step of progress has failed") {
  std::vector<std::string> settings;
  SUBCASE("RequeueExit=75") {}
  SUBCASE("no RequeueExit") {
    settings = {"RequeueExit="};
  }
  SlurmSandbox sandbox(2, "", settings);
  CHECK(sandbox.launch("32-small-s1: at=0 exit=75").wait(kPatience_s) == 3);
  CHECK(sandbox.ask("SELECT state FROM runs ORDER BY run_id") ==
        std::vector<std::string>{"failed", "done"});
  sandbox.check_nothing_left();
  CHECK(sandbox.say({"retry"}) == 0);
  CHECK(sandbox.complete() == 0);
  sandbox.check_complete();
}

TEST_CASE("an element cancelled from outside stays so until the next run submits it again") {
  std::vector<std::string> settings;
  SUBCASE("RequeueExit=75") {}
  SUBCASE("no RequeueExit") {
    settings = {"RequeueExit="};
  }
  SlurmSandbox sandbox(2, "", settings);
  CHECK(sandbox.launch(sandbox.held(), {"--detach"}).wait(kPatience_s) == 0);
  REQUIRE(in_time([&] { return sandbox.holds("32-small-s1") && sandbox.holds("32-small-s2"); }));
  const std::string element = sandbox.element("32-small-s1");
  sandbox.shell("scancel " + element);
  REQUIRE(in_time([&] { return sandbox.element("32-small-s1") == "_"; }));
  REQUIRE(in_time([&] {
    const auto queue = sandbox.queue();
    return std::find(queue.begin(), queue.end(), element + " COMPLETING None") == queue.end();
  }));
  CHECK(sandbox.queue().size() == 1);
  sandbox.open_gate();
  CHECK(sandbox.complete() == 0);
  CHECK(sandbox.arrays() == 2);
  CHECK(sandbox.ask("SELECT state || attempts FROM runs ORDER BY run_id") ==
        std::vector<std::string>{"done2", "done1"});
  sandbox.check_complete();
}

TEST_CASE("an element that is lost without a word is submitted again") {
  TwoHeld sandbox;
  const std::string element = sandbox.element("32-small-s1");
  sandbox.shell("scancel --signal=KILL --full " + element);
  REQUIRE(in_time([&] { return sandbox.workers().size() < 2; }));
  sandbox.open_gate();
  CHECK(sandbox.radsweep.wait(kPatience_s) == 0);
  CHECK(sandbox.states() == std::vector<std::string>{"done2", "done1"});
  sandbox.check_complete();
}

TEST_CASE("a worker killed with -9 is lost, and its run continued") {
  TwoHeld sandbox;
  for (const int pid : sandbox.workers()) {
    if (variable_of(pid, "RADSWEEP_ATTEMPT") == sandbox.attempt("32-small-s1", 1)) {
      ::kill(pid, SIGKILL);
    }
  }
  sandbox.open_gate();
  CHECK(sandbox.radsweep.wait(kPatience_s) == 0);
  CHECK(sandbox.states() == std::vector<std::string>{"done2", "done1"});
  CHECK(sandbox.ask_one("SELECT outcome FROM attempt WHERE attempt = 1 ORDER BY run_id") == "lost");
  sandbox.check_complete();
}

TEST_CASE("a run fails for good as its class says, and retry brings it back") {
  SlurmSandbox sandbox(3);
  CHECK(sandbox.launch("32-small-s1: fail=bad_data; 32-small-s3: fail=bug until=1")
            .wait(kPatience_s) == 3);
  CHECK(sandbox.ask("SELECT state || attempts FROM runs ORDER BY run_id") ==
        std::vector<std::string>{"failed1", "done1", "done2"});
  CHECK(sandbox.launch().wait(kPatience_s) == 3);
  CHECK(sandbox.say({"retry", "32-small-s1"}) == 0);
  CHECK(sandbox.complete() == 0);
  CHECK(sandbox.ask("SELECT state || attempts FROM runs ORDER BY run_id") ==
        std::vector<std::string>{"done2", "done1", "done2"});
  sandbox.check_complete();
}

TEST_CASE("a worker that ignores the polite end is killed by Slurm, and the run continued") {
  SlurmSandbox sandbox(1);
  Radsweep radsweep = sandbox.launch(sandbox.held("until=1") + " ignore_term");
  REQUIRE(in_time([&] { return sandbox.holds("32-small-s1"); }));
  sandbox.shell("scontrol requeue " + sandbox.element("32-small-s1"));
  CHECK(radsweep.wait(kPatience_s) == 0);
  CHECK(sandbox.ask_one("SELECT state || attempts FROM runs") == "done2");
  sandbox.check_complete();
}
