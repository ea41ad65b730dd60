// A controller that forgets and repeats, and an sbatch whose answer is lost: nothing happens twice.
#include <csignal>
#include <filesystem>
#include <fstream>

#include "base/durable_file.h"
#include "tests/slurm/slurm_sandbox.h"

#include <doctest/doctest.h>

using namespace radsweep::test;
namespace fs = std::filesystem;

namespace {

bool both_hold(const SlurmSandbox& sandbox) {
  return sandbox.holds("32-small-s1") && sandbox.holds("32-small-s2");
}

std::vector<std::string> states(const Sandbox& sandbox) {
  return sandbox.ask("SELECT state || attempts FROM runs ORDER BY run_id");
}

}  // namespace

TEST_CASE("a controller that restarts while its elements work loses nothing") {
  SlurmSandbox sandbox(2);
  Radsweep radsweep = sandbox.launch(sandbox.held());
  REQUIRE(in_time([&] { return both_hold(sandbox); }));
  sandbox.save_controller();  // shuts it down and starts it
  sandbox.open_gate();
  CHECK(radsweep.wait(kPatience_s) == 0);
  CHECK(states(sandbox) == std::vector<std::string>{"done1", "done1"});
  CHECK(sandbox.sbatch_calls().empty());
  sandbox.check_complete();
}

TEST_CASE("while the controller is down the run waits, and takes in what is sealed meanwhile") {
  SlurmSandbox sandbox(2);
  Radsweep radsweep = sandbox.launch(sandbox.held());
  REQUIRE(in_time([&] { return both_hold(sandbox); }));
  sandbox.save_controller();
  sandbox.cluster("controller-down");
  sandbox.open_gate();
  REQUIRE(in_time([&] { return sandbox.done_results("32-small-s1") == 1; }));
  radsweep.wait(2);
  sandbox.raise_controller();
  CHECK(radsweep.wait(kPatience_s) == 0);
  CHECK(states(sandbox) == std::vector<std::string>{"done1", "done1"});
  sandbox.check_complete();
}

TEST_CASE("a controller that forgot the array, and gives its number away again") {
  SlurmSandbox sandbox(2);
  sandbox.save_controller();
  CHECK(sandbox.launch(sandbox.held("until=1"), {"--detach"}).wait(kPatience_s) == 0);
  REQUIRE(in_time([&] { return both_hold(sandbox); }));
  sandbox.restore_controller();
  sandbox.shell("sbatch --array=0-1 --wrap 'sleep 1000' --output=/dev/null");
  REQUIRE(sandbox.queue().size() == 2);
  sandbox.note_scancel();
  SUBCASE("whose elements it has ended") {
    REQUIRE(in_time([&] { return sandbox.workers().empty(); }));
  }
  SUBCASE("whose elements have still ended well") {
    sandbox.open_gate();
    in_time([&] { return sandbox.workers().empty(); });
  }
  CHECK(sandbox.complete() == 0);
  // Slurm itself may take the end of a forgotten element for that of the stranger's of its number.
  CHECK(sandbox.scancel_calls() == "");
  sandbox.shell("scancel --name=wrap");
  sandbox.check_complete();
}

TEST_CASE("a controller that starts elements again which are done") {
  SlurmSandbox sandbox(2, kLater);
  CHECK(sandbox.launch("", {"--detach"}).wait(kPatience_s) == 0);
  REQUIRE(sandbox.queue().size() == 2);
  sandbox.save_controller();
  sandbox.release();
  REQUIRE(in_time([&] { return sandbox.queue_is_empty(); }));
  REQUIRE(sandbox.done_results("32-small-s1") == 1);
  sandbox.restore_controller();
  REQUIRE(sandbox.queue().size() == 2);
  sandbox.release();
  CHECK(sandbox.complete() == 0);
  CHECK(in_time([&] { return sandbox.queue_is_empty(); }));
  CHECK(states(sandbox) == std::vector<std::string>{"done1", "done1"});
  CHECK_FALSE(fs::exists(sandbox.attempt("32-small-s1", 2)));
  CHECK(sandbox.arrays() == 1);
  sandbox.check_complete();
}

TEST_CASE("a controller that starts elements again which still work") {
  SlurmSandbox sandbox(2, kLater);
  CHECK(sandbox.launch(sandbox.held("until=1"), {"--detach"}).wait(kPatience_s) == 0);
  REQUIRE(sandbox.queue().size() == 2);
  sandbox.save_controller();
  sandbox.release();
  REQUIRE(in_time([&] { return both_hold(sandbox); }));
  sandbox.restore_controller();
  sandbox.release();
  sandbox.open_gate();
  CHECK(sandbox.complete() == 0);
  sandbox.check_complete();
}

TEST_CASE("an array that was accepted is not submitted again, whatever became of the answer") {
  SlurmSandbox sandbox(2, "sbatch_timeout_s: 2");
  bool dies = false;
  SUBCASE("sbatch hangs") {
    sandbox.spoil_first_sbatch("exec sleep 600");
  }
  SUBCASE("sbatch fails") {
    sandbox.spoil_first_sbatch(
        "echo 'sbatch: error: Batch job submission failed: Socket timed out' >&2; exit 1");
  }
  SUBCASE("sbatch answers nonsense") {
    sandbox.spoil_first_sbatch("echo 'Welcome to the cluster!'");
  }
  SUBCASE("radsweep is killed before it hears the answer") {
    dies = true;
    sandbox.spoil_first_sbatch("kill -9 $PPID");
  }
  if (dies) CHECK(sandbox.launch().wait(kPatience_s) == -SIGKILL);
  CHECK(sandbox.complete() == 0);
  CHECK(sandbox.sbatch_calls() == "call\n");
  CHECK(sandbox.arrays() == 1);
  CHECK(states(sandbox) == std::vector<std::string>{"done1", "done1"});
  sandbox.check_complete();
}

TEST_CASE("an array that was refused is submitted by the next run") {
  SlurmSandbox sandbox(2);
  sandbox.spoil_first_sbatch(
      "echo 'sbatch: error: Batch job submission failed: Invalid account' >&2; exit 1", false);
  Radsweep refused = sandbox.launch();
  CHECK(refused.wait(kPatience_s) == 4);
  CHECK(refused.errors().find("Invalid account") != std::string::npos);
  CHECK(sandbox.arrays() == 0);
  CHECK(sandbox.complete() == 0);
  CHECK(sandbox.arrays() == 1);
  CHECK(states(sandbox) == std::vector<std::string>{"done1", "done1"});
  sandbox.check_complete();
}

TEST_CASE("a run whose result was half a file when it was looked at ends as if it had not been") {
  SlurmSandbox sandbox(2);
  CHECK(sandbox.launch("", {"--detach"}).wait(kPatience_s) == 0);
  REQUIRE(in_time([&] { return sandbox.queue_is_empty(); }));
  const fs::path file = sandbox.attempt("32-small-s1", 1) / "result.json";
  const std::string whole = radsweep::read_file(file);
  std::ofstream(file, std::ios::trunc) << whole.substr(0, whole.size() / 2);
  sandbox.command({"status"}).wait(kPatience_s);
  CHECK(sandbox.ask_one("SELECT state FROM runs WHERE run_id = '32-small-s1'") != "done");
  CHECK(sandbox.ask_one("SELECT state FROM runs WHERE run_id = '32-small-s2'") == "done");
  std::ofstream(file, std::ios::trunc) << whole;
  CHECK(sandbox.complete() == 0);
  CHECK(states(sandbox) == std::vector<std::string>{"done2", "done1"});
  fs::remove(file);  // check_complete takes two of a run for one that was trained twice
  sandbox.check_complete();
}
