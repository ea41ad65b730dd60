// A program of the user's under the same queue, retries, resume and reports as our worker.
#include <csignal>
#include <filesystem>
#include <fstream>

#include "base/durable_file.h"
#include "tests/process/sandbox.h"

#include <doctest/doctest.h>

using namespace radsweep::test;
namespace fs = std::filesystem;

namespace {

// Counts steps in its checkpoint; goes on from there. $1: lr
constexpr const char* kTrainer = R"(#!/bin/sh
trap 'exit 75' TERM
step=$(cat "$RADSWEEP_CHECKPOINT_DIR/step" 2>/dev/null || echo 0)
while [ "$step" -lt 4 ]; do
  . ./misbehave.sh
  echo "{\"epoch\": $step, \"score\": 0.$step$2, \"loss\": $1}" >&$RADSWEEP_METRICS_FD
  step=$((step + 1))
  echo $step > "$RADSWEEP_CHECKPOINT_DIR/new" && mv "$RADSWEEP_CHECKPOINT_DIR/new" "$RADSWEEP_CHECKPOINT_DIR/step"
done
)";

constexpr const char* kSweep = R"(
name: tiny
worker: {command: [./train.sh, "{lr}", "{seed}"]}
objective: {metric: score, mode: max}
grid: {lr: [0.1, 0.01], seed: [1, 2]}
retry: {max_attempts: 2, backoff_s: 0}
resources: {cpu_slots: 2}
)";

void write(const fs::path& file, const std::string& text) {
  std::ofstream(file) << text;
  fs::permissions(file, fs::perms::owner_all);
}

// `misbehaviour`: shell lines that run before each step.
class OwnSandbox : public Sandbox {
 public:
  explicit OwnSandbox(const std::string& misbehaviour = ":", std::string sweep = kSweep)
      : Sandbox(1) {
    write(folder() / "train.sh", kTrainer);
    write(folder() / "misbehave.sh", misbehaviour + "\n");
    write(folder() / "tiny.yaml", sweep);
  }
  std::string failed(const std::string& column) const {
    return ask_one("SELECT " + column + " FROM runs WHERE state = 'failed' ORDER BY run_id");
  }
  // What a command of radsweep prints when it ends well.
  std::string said(const std::vector<std::string>& arguments) {
    Radsweep command = this->command(arguments);
    CHECK(command.wait() == 0);
    return command.output();
  }
  void check_complete() const {
    CHECK(ask("SELECT run_id FROM runs WHERE state = 'done' ORDER BY run_id") ==
          std::vector<std::string>{"lr0.01-s1", "lr0.01-s2", "lr0.1-s1", "lr0.1-s2"});
    CHECK(ask_one("SELECT count(*) FROM metric") == "32");
    CHECK(ask("SELECT value FROM objectives ORDER BY run_id") ==
          std::vector<std::string>{"0.31", "0.32000000000000001", "0.31", "0.32000000000000001"});
    CHECK(ask("SELECT 1 FROM attempt WHERE ended_ms IS NULL").empty());
    CHECK(processes().empty());
  }
};

}  // namespace

TEST_CASE("a shell script is trained over its axes and its objective is summed up over the seeds") {
  OwnSandbox sandbox;
  CHECK(sandbox.run() == 0);
  sandbox.check_complete();
  CHECK(sandbox.ask_one("SELECT mean FROM objective_summary WHERE variant = 'lr=0.1'") == "0.315");
  CHECK(sandbox.ask_one("SELECT best_run FROM objective_summary") == "lr0.01-s2");
  CHECK(sandbox.ask("SELECT value FROM params WHERE run_id = 'lr0.01-s2' ORDER BY name") ==
        std::vector<std::string>{"0.01", "2"});
  CHECK(sandbox.ask("SELECT run_id FROM runs WHERE train_seconds > 0").size() == 4);
  CHECK(sandbox.said({"results"}).find("0.315 ± 0.0071") != std::string::npos);
  CHECK(sandbox.said({"why", "lr0.01-s2"}).find("best score 0.32") != std::string::npos);
  CHECK(sandbox.said({"status"}).find("lr=0.01  2/2 0.315") != std::string::npos);
  CHECK(sandbox.said({"status", "--json"}).find(R"("objective": "score")") != std::string::npos);
  sandbox.said({"report"});
  const std::string page = radsweep::read_file(sandbox.store() / "report.html");
  CHECK(page.find("highest mean score") != std::string::npos);
  CHECK(page.find(" px") == std::string::npos);
}

TEST_CASE("mode min judges by the smallest value, and a script logs by radsweep log") {
  std::string sweep = kSweep;
  sweep.replace(sweep.find("metric: score, mode: max"), 24, "metric: error, mode: min");
  OwnSandbox sandbox("radsweep log error=$((5 - step)) --epoch $step", sweep);
  sandbox.set({{"PATH", fs::path(RADSWEEP_PROGRAM).parent_path().string() + ":/usr/bin:/bin"}});
  CHECK(sandbox.run() == 0);
  CHECK(sandbox.ask_one("SELECT value FROM objectives") == "2");
  CHECK(sandbox.ask_one("SELECT epoch FROM objectives") == "3");
}

TEST_CASE("radsweep log outside of a trainer says what it is for") {
  OwnSandbox sandbox;
  Radsweep log = sandbox.command({"log", "a=1"});
  CHECK(log.wait() == 2);
  CHECK(log.errors().find("RADSWEEP_METRICS_FD is not set") != std::string::npos);
}

TEST_CASE("a program that cannot be found is told before anything is recorded") {
  std::string sweep = kSweep;
  sweep.replace(sweep.find("./train.sh"), 10, "no-such-program");
  OwnSandbox sandbox(":", sweep);
  Radsweep radsweep = sandbox.start();
  CHECK(radsweep.wait() == 4);
  CHECK(radsweep.errors().find("no-such-program: there is no such program on PATH") !=
        std::string::npos);
  CHECK_FALSE(fs::exists(sandbox.store()));
}

TEST_CASE("a program that exits 75 is continued and no failure is counted") {
  OwnSandbox sandbox("[ $step = 2 ] && [ $RADSWEEP_ATTEMPT_NUMBER = 1 ] && exit 75");
  CHECK(sandbox.run() == 0);
  sandbox.check_complete();
  CHECK(sandbox.ask("SELECT DISTINCT attempts FROM runs") == std::vector<std::string>{"2"});
  CHECK(sandbox.ask_one("SELECT sum(failures) FROM runs") == "0");
}

TEST_CASE("a program killed by a signal is a failure of that signal, as a worker is") {
  OwnSandbox sandbox("[ $step = 0 ] && [ $RADSWEEP_RUN = lr0.1-s1 ] && kill -SEGV $$");
  CHECK(sandbox.run() == 3);
  CHECK(sandbox.failed("error_class") == "signal");
  CHECK(sandbox.failed("error").find("SIGSEGV") != std::string::npos);
}

TEST_CASE("a program that ends well without its objective, or measures NaN, has failed") {
  std::string column = "error", wanted;
  std::string lines;
  SUBCASE("no objective") {
    lines = "[ $RADSWEEP_RUN = lr0.1-s1 ] && { echo '{\"scroe\": 1}' >&9; exit 0; }";
    wanted = "never reported 'score', the objective's metric (did you mean 'scroe'?)";
  }
  SUBCASE("NaN") {
    lines = "[ $RADSWEEP_RUN = lr0.1-s1 ] && echo '{\"score\": NaN}' >&9 && sleep 60";
    wanted = "'score' is not a finite number in epoch 0";
  }
  SUBCASE("no program") {
    lines = "[ $RADSWEEP_RUN = lr0.1-s1 ] && exit 3";
    wanted = "exit code 3";
  }
  OwnSandbox sandbox(lines);
  CHECK(sandbox.run() == 3);
  CHECK(sandbox.failed(column).find(wanted) != std::string::npos);
  CHECK(sandbox.ask_one("SELECT count(*) FROM runs WHERE state = 'done'") == "3");
}

TEST_CASE("a placeholder that names no axis is refused with the nearest axis") {
  std::string sweep = kSweep;
  sweep.replace(sweep.find("{lr}"), 4, "{lrr}");
  OwnSandbox sandbox(":", sweep);
  Radsweep radsweep = sandbox.start();
  CHECK(radsweep.wait() == 2);
  CHECK(radsweep.errors().find("did you mean 'lr'") != std::string::npos);
}

TEST_CASE("orchestrator, adapter or program killed with -9 at any moment: done exactly once") {
  for (const std::string victim : {"orchestrator", "adapter", "program"}) {
    CAPTURE(victim);
    OwnSandbox sandbox("sleep 0.05");
    std::optional<int> code;
    for (int life = 0; life < 40 && code != 0; ++life) {
      Radsweep radsweep = sandbox.start();
      code = radsweep.wait(0.1 + 0.02 * life);
      if (code) continue;
      if (victim == "orchestrator") {
        radsweep.signal(SIGKILL);
      } else {
        for (const int pid : sandbox.workers()) {
          const bool is_adapter = variable_of(pid, "RADSWEEP_PARAMS").empty();
          if (is_adapter == (victim == "adapter")) ::kill(pid, SIGKILL);
        }
      }
      code = radsweep.wait(victim == "orchestrator" ? 10 : 20);
      if (code && *code == 3) sandbox.command({"retry"}).wait();
    }
    CHECK(code == 0);
    CHECK(eventually([&] { return sandbox.processes().empty(); }));
    sandbox.check_complete();
  }
}

TEST_CASE("when the adapter is killed its program ends, orchestrator or not") {
  OwnSandbox sandbox("sleep 100");
  Radsweep radsweep = sandbox.start();
  // Two adapters, two shells, two sleeps: none is about to look at misbehave.sh.
  REQUIRE(eventually([&] { return sandbox.workers().size() == 6; }));
  radsweep.signal(SIGKILL);
  REQUIRE(radsweep.wait() == -SIGKILL);
  for (const int pid : sandbox.workers()) {
    if (variable_of(pid, "RADSWEEP_PARAMS").empty()) ::kill(pid, SIGKILL);
  }
  write(sandbox.folder() / "misbehave.sh", ":\n");
  CHECK(sandbox.run() == 0);
  CHECK(eventually([&] { return sandbox.processes().empty(); }));
  sandbox.check_complete();
}
