// A program of the user's as Slurm's elements.
#include <filesystem>
#include <fstream>

#include "tests/slurm/slurm_sandbox.h"

#include <doctest/doctest.h>

using namespace radsweep::test;
namespace fs = std::filesystem;

namespace {

// Counts in its checkpoint; goes on from there. The first attempts wait at step 2.
constexpr const char* kTrainer = R"(#!/bin/sh
trap 'exit 75' TERM
step=$(cat "$RADSWEEP_CHECKPOINT_DIR/step" 2>/dev/null || echo 0)
while [ "$step" -lt 4 ]; do
  while [ $step = 2 ] && [ $RADSWEEP_ATTEMPT_NUMBER = 1 ] && [ ! -e gate ]; do sleep 0.05; done
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
slurm: {poll_s: 0.2, gpus: 0}
)";

}  // namespace

TEST_CASE("a shell script as the trainer is continued after a requeue and judged by its metric") {
  SlurmSandbox sandbox(1);
  std::ofstream(sandbox.folder() / "train.sh") << kTrainer;
  fs::permissions(sandbox.folder() / "train.sh", fs::perms::owner_all);
  std::ofstream(sandbox.folder() / "tiny.yaml") << kSweep;
  Radsweep radsweep = sandbox.launch();
  const std::string run = "lr0.01-s2";
  REQUIRE(in_time([&] { return sandbox.ask("SELECT 1 FROM metric WHERE epoch = 1").size() == 8; }));
  sandbox.shell("scontrol requeue " + sandbox.element(run));
  REQUIRE(in_time([&] { return sandbox.done_results(run) == 1; }));
  sandbox.open_gate();
  CHECK(radsweep.wait(kPatience_s) == 0);
  CHECK(sandbox.ask("SELECT run_id || attempts FROM runs WHERE state = 'done' ORDER BY run_id") ==
        std::vector<std::string>{"lr0.01-s11", "lr0.01-s22", "lr0.1-s11", "lr0.1-s21"});
  CHECK(sandbox.ask_one("SELECT count(*) FROM metric") == "32");
  CHECK(sandbox.ask("SELECT value FROM objectives ORDER BY run_id") ==
        std::vector<std::string>{"0.31", "0.32000000000000001", "0.31", "0.32000000000000001"});
  CHECK(sandbox.arrays() == 1);
  CHECK(sandbox.say({"doctor", "runs/tiny"}) == 0);
  sandbox.check_nothing_left();
}
