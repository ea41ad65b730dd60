// What `run --executor slurm` makes of a sweep when nobody interferes.
#include <csignal>
#include <filesystem>

#include "base/durable_file.h"
#include "tests/slurm/slurm_sandbox.h"

#include <doctest/doctest.h>

using namespace radsweep::test;
namespace fs = std::filesystem;

namespace {

bool says(const std::string& text, const std::string& piece) {
  return text.find(piece) != std::string::npos;
}

// Elements of the queue in a state, for a reason.
std::size_t count(const SlurmSandbox& sandbox, const std::string& words) {
  std::size_t elements = 0;
  for (const std::string& line : sandbox.queue()) elements += says(line, words);
  return elements;
}

// Of the run's first attempt, as its worker saw it.
std::string pinned_gpu(const Sandbox& sandbox, const std::string& run) {
  const std::string log = radsweep::read_file(sandbox.attempt(run, 1) / "log.txt");
  const std::string name = "CUDA_VISIBLE_DEVICES=";
  const std::size_t at = log.find(name);
  if (at == std::string::npos) return "";
  return log.substr(at + name.size(), log.find('\n', at) - at - name.size());
}

}  // namespace

TEST_CASE("a sweep is one array, done once; to run it again submits nothing") {
  SlurmSandbox sandbox(4);
  CHECK(sandbox.complete() == 0);
  CHECK(sandbox.arrays() == 1);
  CHECK(sandbox.ask_one("SELECT sum(attempts) FROM runs") == "4");
  sandbox.check_complete();

  const auto numbers = sandbox.numbers();
  CHECK(sandbox.complete() == 0);
  CHECK(sandbox.arrays() == 1);
  CHECK(sandbox.ask_one("SELECT count(*) FROM attempt") == "4");
  CHECK(sandbox.numbers() == numbers);
}

TEST_CASE("a sweep of more runs than MaxArraySize becomes several arrays") {
  SlurmSandbox sandbox(7, "", {"MaxArraySize=4"});
  CHECK(sandbox.complete() == 0);
  CHECK(sandbox.arrays() == 2);
  CHECK(sandbox.ask_one("SELECT sum(attempts) FROM runs") == "7");
  sandbox.check_complete();
}

TEST_CASE("what is in Slurm and what is done is not submitted with a new run") {
  SlurmSandbox sandbox(2);
  CHECK(sandbox.launch(sandbox.held() + "; 32-small-s1: until=0", {"--detach"}).wait() == 0);
  REQUIRE(in_time([&] { return sandbox.done_results("32-small-s1") == 1; }));
  REQUIRE(in_time([&] { return sandbox.holds("32-small-s2"); }));
  std::string text = radsweep::read_file(sandbox.folder() / "tiny.yaml");
  text.replace(text.find("seed: [1, 2]"), 12, "seed: [1, 2, 3]");
  radsweep::replace_file(sandbox.folder() / "tiny.yaml", text);
  CHECK(sandbox.launch("", {"--detach"}).wait() == 0);
  CHECK(sandbox.arrays() == 2);
  sandbox.open_gate();
  CHECK(sandbox.complete() == 0);
  CHECK(sandbox.arrays() == 2);
  CHECK(sandbox.ask("SELECT state || attempts FROM runs ORDER BY run_id") ==
        std::vector<std::string>{"done1", "done1", "done1"});
  sandbox.check_nothing_left();
}

TEST_CASE("of a throttled array no more elements work at once") {
  SlurmSandbox sandbox(3, "throttle: 1");
  Radsweep radsweep = sandbox.launch(sandbox.held());
  REQUIRE(in_time([&] { return count(sandbox, "RUNNING") == 1; }));
  CHECK(in_time([&] { return count(sandbox, "PENDING JobArrayTaskLimit") == 2; }));
  sandbox.open_gate();
  CHECK(radsweep.wait(kPatience_s) == 0);
  sandbox.check_complete();
}

TEST_CASE("elements on one node train each on the GPU that Slurm gave it") {
  SlurmSandbox sandbox(2, "gpus: 1, extra: [--nodelist=n1]");
  sandbox.set({{"RADSWEEP_NVML_LIBRARY", FAKE_NVML},
               {"RADSWEEP_FAKE_GPUS", "GPU-aaa:Quadro P6000:24576, GPU-bbb:Quadro P6000:24576"}});
  Radsweep radsweep = sandbox.launch(sandbox.held());
  std::vector<std::string> seen;
  for (const char* run : {"32-small-s1", "32-small-s2"}) {
    REQUIRE(in_time([&] { return sandbox.holds(run); }));
    const std::string given = sandbox.variable(run, 1, "SLURM_JOB_GPUS");
    seen.push_back(pinned_gpu(sandbox, run));
    CHECK(seen.back() == (given == "0" ? "GPU-aaa" : "GPU-bbb"));
  }
  CHECK(seen[0] != seen[1]);
  sandbox.open_gate();
  CHECK(radsweep.wait(kPatience_s) == 0);
  sandbox.check_complete();
}

TEST_CASE("setup lines run before the worker, and extra options are sbatch's") {
  SlurmSandbox sandbox(2, "setup: [\"export FROM_SETUP=yes\"], extra: [--exclude=n1]");
  Radsweep radsweep = sandbox.launch(sandbox.held());
  for (const char* run : {"32-small-s1", "32-small-s2"}) {
    REQUIRE(in_time([&] { return sandbox.holds(run); }));
    CHECK(sandbox.variable(run, 1, "SLURMD_NODENAME") == "n2");
    CHECK(sandbox.variable(run, 1, "FROM_SETUP") == "yes");
  }
  sandbox.open_gate();
  CHECK(radsweep.wait(kPatience_s) == 0);
  sandbox.check_complete();
}

TEST_CASE("plan shows the batch script and submits nothing") {
  SlurmSandbox sandbox(2, "time: 30, throttle: 1");
  Radsweep plan = sandbox.command({"plan", "tiny.yaml", "--executor", "slurm"});
  CHECK(plan.wait(kPatience_s) == 0);
  CHECK(says(plan.output(), "#SBATCH"));
  CHECK(says(plan.output(), "slurm-task"));
  CHECK(sandbox.arrays() == 0);
  CHECK_FALSE(fs::exists(sandbox.store()));
}

TEST_CASE("a detached sweep goes on alone, and to run it again waits for it") {
  SlurmSandbox sandbox(2);
  CHECK(sandbox.launch(sandbox.held(), {"--detach"}).wait(kPatience_s) == 0);
  REQUIRE(in_time([&] { return sandbox.holds("32-small-s1") && sandbox.holds("32-small-s2"); }));
  Radsweep again = sandbox.launch();
  CHECK_FALSE(again.wait(1));
  CHECK(sandbox.complete() == 5);
  sandbox.open_gate();
  CHECK(again.wait(kPatience_s) == 0);
  CHECK(sandbox.arrays() == 1);
  CHECK(sandbox.ask_one("SELECT sum(attempts) FROM runs") == "2");
  sandbox.check_complete();
}

TEST_CASE("status takes in what a detached sweep has sealed") {
  SlurmSandbox sandbox(2, kLater);
  CHECK(sandbox.launch("", {"--detach"}).wait(kPatience_s) == 0);
  CHECK(sandbox.say({"status"}) == 0);
  CHECK(sandbox.ask("SELECT DISTINCT state FROM runs") == std::vector<std::string>{"pending"});
  sandbox.release();
  REQUIRE(in_time([&] {
    return sandbox.done_results("32-small-s1") + sandbox.done_results("32-small-s2") == 2;
  }));
  CHECK(sandbox.say({"status"}) == 0);
  CHECK(sandbox.ask("SELECT DISTINCT state FROM runs") == std::vector<std::string>{"done"});
  CHECK(sandbox.complete() == 0);
  CHECK(sandbox.arrays() == 1);
  sandbox.check_complete();
}

TEST_CASE("the waiting orchestrator killed with -9: the elements go on and are taken in later") {
  SlurmSandbox sandbox(2);
  Radsweep radsweep = sandbox.launch(sandbox.held());
  REQUIRE(in_time([&] { return sandbox.holds("32-small-s1") && sandbox.holds("32-small-s2"); }));
  radsweep.signal(SIGKILL);
  REQUIRE(radsweep.wait() == -SIGKILL);
  sandbox.open_gate();
  CHECK(sandbox.complete() == 0);
  CHECK(sandbox.arrays() == 1);
  CHECK(sandbox.ask_one("SELECT sum(attempts) FROM runs") == "2");
  sandbox.check_complete();
}

TEST_CASE("doctor says what of Slurm answers, and what does not") {
  SlurmSandbox sandbox(1);
  Radsweep sound = sandbox.command({"doctor", "--executor", "slurm"});
  CHECK(sound.wait(kPatience_s) == 0);
  CHECK(says(sound.output(), "RequeueExit"));
  CHECK(says(sound.output(), "arrays of at most 1001 runs"));
  SUBCASE("the controller is down") {
    sandbox.cluster("controller-down");
    Radsweep doctor = sandbox.command({"doctor", "--executor", "slurm"});
    CHECK(doctor.wait(kPatience_s) == 4);
    CHECK(says(doctor.output(), "slurmctld"));
  }
  SUBCASE("there is no Slurm") {
    sandbox.set({{"PATH", (sandbox.folder() / "bin").string()}});
    Radsweep doctor = sandbox.command({"doctor", "--executor", "slurm"});
    CHECK(doctor.wait(kPatience_s) == 4);
    CHECK(says(doctor.output(), "sbatch"));
    Radsweep run = sandbox.launch();
    CHECK(run.wait(kPatience_s) == 4);
    CHECK(says(run.errors(), "PATH"));
    CHECK_FALSE(fs::exists(sandbox.store()));
  }
}
