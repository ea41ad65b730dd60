// The element on a node, without Slurm: what it makes of its submission, its signals and its
// worker.
#include <csignal>
#include <filesystem>

#include "tests/orchestrator/slurm/slurm_store.h"
#include "tests/process/process.h"
#include "worker/attempt/attempt_files.h"

#include <doctest/doctest.h>

using namespace radsweep;
using namespace radsweep::orchestrator;
using test::eventually;
using test::SlurmStore;
namespace fs = std::filesystem;

namespace {

struct Node : SlurmStore {
  Node() : SlurmStore(1) {
    // A cluster that puts 75 back into the queue.
    write_program("scontrol", "echo 'RequeueExit = 75'");
    planned.at("identity-1").spec.recipe.epochs = 2;
    submission = submit({1}).folder();
  }
  void write_program(const std::string& name, const std::string& line) const {
    fs::create_directories(programs());
    replace_file(programs() / name, "#!/bin/sh\n" + line + "\n");
    fs::permissions(programs() / name, fs::perms::owner_all);
  }
  fs::path programs() const { return folder / "programs"; }
  fs::path attempt(int number) const { return store.attempt("r1", number); }
  slurm::Submission made() const { return slurm::Submission(submission); }

  test::Process start(const std::string& fake) const {
    return test::Process(RADSWEEP_PROGRAM, {"slurm-task", submission.string()}, folder.path(),
                         "task",
                         {{"SLURM_ARRAY_TASK_ID", "0"},
                          {"SLURM_ARRAY_JOB_ID", "7"},
                          {"SLURMD_NODENAME", "n1"},
                          {"SLURM_RESTART_COUNT", "2"},
                          {"PATH", programs().string() + ":" + std::getenv("PATH")},
                          {"RADSWEEP_WORKER", FAKE_WORKER_PROGRAM},
                          {"RADSWEEP_FAKE", fake}});
  }
  std::optional<int> run(const std::string& fake = "") const { return start(fake).wait(60); }
  bool has(int number, const char* file) const { return fs::exists(attempt(number) / file); }

  fs::path submission;
};

}  // namespace

TEST_CASE("an element trains its run and says where and how it ended") {
  Node f;
  CHECK(f.run() == 0);
  const auto record = slurm::read_record(f.attempt(1));
  REQUIRE(record);
  CHECK(record->job == "7_0");
  CHECK(record->node == "n1");
  CHECK(record->restarts == 2);
  CHECK(slurm::read_exit(f.attempt(1))->exit_code == 0);
  f.collect(slurm::QueueView());
  CHECK(f.state(1) == "done");
}

TEST_CASE("an element with a sealed run, or one that was stopped, does nothing") {
  Node f;
  SUBCASE("sealed") {
    CHECK(f.run() == 0);
    CHECK(f.run() == 0);
    CHECK_FALSE(fs::exists(f.attempt(2)));
  }
  SUBCASE("stopped") {
    f.made().stop(0);
    CHECK(f.run() == 0);
    CHECK_FALSE(fs::exists(f.attempt(1)));
  }
}

TEST_CASE("an element takes the number after the highest and resumes from all before it") {
  Node f;
  f.begin(1, 1);
  f.begin(1, 4);
  CHECK(f.run() == 0);
  CHECK(attempt::read_spec(f.attempt(5)).resume_from == std::vector<std::string>{"../4", "../1"});
}

TEST_CASE("an element that is asked to leave checkpoints and comes back into the queue") {
  Node f;
  int signal = SIGTERM;
  SUBCASE("by TERM") {}
  SUBCASE("by USR1, ahead of a time limit") {
    signal = SIGUSR1;
  }
  auto task = f.start("steps=1000 step_ms=10");
  REQUIRE(eventually([&] { return f.has(1, attempt::kBeatFile); }, 60));
  task.signal(SIGCONT);
  task.signal(signal);
  CHECK(task.wait(60) == 75);
  CHECK(attempt::read_result(f.attempt(1))->outcome == attempt::Outcome::stopped);
  CHECK(slurm::read_exit(f.attempt(1))->exit_code == 75);
}

TEST_CASE("where Slurm does not put 75 back, the element asks for it") {
  Node f;
  f.write_program("scontrol", "echo \"$@\" >> " + (f.folder / "asked").string());
  CHECK(f.run("exit=75") == 75);
  const std::string asked = read_file(f.folder / "asked");
  CHECK(asked.find("requeue 7_0") != std::string::npos);
}

TEST_CASE("what Slurm itself ends with TERM does not ask to come back: scancel means it") {
  Node f;
  f.write_program("scontrol", "echo \"$@\" >> " + (f.folder / "asked").string());
  auto task = f.start("steps=1000 step_ms=10");
  REQUIRE(eventually([&] { return f.has(1, attempt::kBeatFile); }, 60));
  SUBCASE("without a warning") {}
  SUBCASE("warned before by USR1") {
    task.signal(SIGUSR1);
  }
  task.signal(SIGTERM);
  CHECK(task.wait(60) == 75);
  CHECK_FALSE(fs::exists(f.folder / "asked"));
}

TEST_CASE("a result that became whole after its attempt was settled does not count") {
  Node f;
  CHECK(f.run() == 0);
  attempt::Spec spec = f.made().spec(0);
  spec.attempt = 2;  // as of a submission after the first attempt was taken for lost
  replace_file(f.submission / "specs.jsonl", attempt::to_json_text(spec) + "\n");
  CHECK(f.run() == 0);
  CHECK(f.has(2, attempt::kResultFile));
}

TEST_CASE("an element that was stopped for good does not come back") {
  Node f;
  auto task = f.start("steps=1000 step_ms=10");
  REQUIRE(eventually([&] { return f.has(1, attempt::kBeatFile); }, 60));
  f.made().stop();
  task.signal(SIGTERM);
  CHECK(task.wait(60) == 0);
  CHECK(f.has(1, attempt::kResultFile));
}

TEST_CASE("an element that makes no progress comes back so often and no more") {
  Node f;
  CHECK(f.run("exit=75 at=0") == 75);
  CHECK(f.run("exit=75 at=0") == 75);
  CHECK(f.run("exit=75 at=0") == 70);
}

TEST_CASE("a worker that fails or is killed is told to Slurm, and does not come back") {
  Node f;
  CHECK(f.run("fail=nan") == 70);
  CHECK(f.run("signal=11") == 128 + 11);
  CHECK(slurm::read_exit(f.attempt(2))->term_signal == 11);
}
