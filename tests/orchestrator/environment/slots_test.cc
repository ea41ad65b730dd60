#include "orchestrator/environment/slots.h"

#include <doctest/doctest.h>

#include <fstream>
#include <numeric>
#include <set>

#include "base/error.h"
#include "orchestrator/environment/joined_slot.h"
#include "tests/orchestrator/environment/set_variable.h"
#include "tests/support/temp_dir.h"

using namespace radsweep::orchestrator;
using radsweep::Error;
using radsweep::ExitCode;

namespace {

Machine machine(int gpus, int cpus) {
  Machine made;
  for (int i = 0; i < gpus; ++i) {
    Gpu gpu;
    gpu.index = i;
    gpu.uuid = "GPU-" + std::to_string(i) + "abc";
    gpu.name = "Quadro P6000";
    made.gpus.gpus.push_back(gpu);
  }
  if (gpus == 0) made.gpus.why_none = "no driver";
  made.cpus.cpus.resize(static_cast<std::size_t>(cpus));
  std::iota(made.cpus.cpus.begin(), made.cpus.cpus.end(), 0);
  return made;
}

std::vector<std::string> names(const SlotPlans& plans) {
  std::vector<std::string> found;
  for (const SlotPlan& plan : plans.slots) found.push_back(plan.name);
  return found;
}

// Threads of each slot, after checking that no processor is given twice.
std::vector<int> threads_disjoint(const SlotPlans& plans) {
  std::vector<int> threads;
  std::set<int> taken;
  for (const SlotPlan& plan : plans.slots) {
    threads.push_back(plan.slot.threads);
    for (const int cpu : plan.slot.cpus) CHECK(taken.insert(cpu).second);
  }
  return threads;
}

ExitCode code_of_refusal(const Resources& resources, const SlotOptions& options,
                         const Machine& on) {
  try {
    plan_slots(resources, options, on);
  } catch (const Error& error) {
    return error.code();
  }
  return ExitCode::complete;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("plan_slots gives every GPU one slot and an equal, disjoint share of the processors") {
  const auto plans = plan_slots({}, {}, machine(5, 22));
  CHECK(names(plans) == Names{"GPU-0abc", "GPU-1abc", "GPU-2abc", "GPU-3abc", "GPU-4abc"});
  CHECK(plans.slots[3].label == "GPU 3 Quadro P6000");
  CHECK(plans.slots[3].slot.gpu_uuid == "GPU-3abc");
  CHECK(threads_disjoint(plans) == std::vector{4, 4, 5, 4, 5});
  CHECK(plans.notes.empty());
}

TEST_CASE("plan_slots takes runs_per_gpu times as many slots, each with a name of its own") {
  Resources resources;
  resources.runs_per_gpu = 2;
  const auto plans = plan_slots(resources, {}, machine(2, 8));
  CHECK(names(plans) == Names{"GPU-0abc", "GPU-0abc#1", "GPU-1abc", "GPU-1abc#1"});
  CHECK(plans.slots[1].slot.gpu_uuid == "GPU-0abc");
  CHECK(threads_disjoint(plans) == std::vector{2, 2, 2, 2});
}

TEST_CASE(
    "plan_slots says that runs on one GPU take turns, unless the Multi-Process Service runs") {
  Resources resources;
  resources.runs_per_gpu = 2;
  Machine on = machine(2, 8);
  const Names notes = plan_slots(resources, {}, on).notes;
  REQUIRE(notes.size() == 1);
  CHECK(notes[0].find("the 2 runs on a GPU take turns") != std::string::npos);
  on.mps = true;
  CHECK(plan_slots(resources, {}, on).notes.empty());
  on.mps = false;
  resources.runs_per_gpu = 1;
  CHECK(plan_slots(resources, {}, on).notes.empty());
}

TEST_CASE("inspect_machine finds the Multi-Process Service where its variable says") {
  const radsweep::test::TempDir folder;
  const radsweep::test::SetVariable variable("CUDA_MPS_PIPE_DIRECTORY", folder.path());
  CHECK_FALSE(inspect_machine().mps);
  std::ofstream(folder.path() / "control").put('\n');
  CHECK(inspect_machine().mps);
}

TEST_CASE("plan_slots: the command line wins over the sweep file") {
  Resources resources;
  resources.gpus = {"0"};
  CHECK(names(plan_slots(resources, {}, machine(3, 4))) == Names{"GPU-0abc"});
  CHECK(names(plan_slots(resources, {{"2"}, {}, 0}, machine(3, 4))) == Names{"GPU-2abc"});
  CHECK(names(plan_slots(resources, {{"none"}, 1, 0}, machine(3, 4))) == Names{"cpu:0"});
  CHECK(names(plan_slots(resources, {{}, 2, 0}, machine(3, 4))) == Names{"cpu:0", "cpu:1"});
}

TEST_CASE("plan_slots without GPUs uses the processors and says so") {
  const auto plans = plan_slots({}, {}, machine(0, 3));
  CHECK(names(plans) == Names{"cpu:0", "cpu:1", "cpu:2"});
  CHECK(plans.slots[0].slot.gpu_uuid.empty());
  CHECK(threads_disjoint(plans) == std::vector{1, 1, 1});
  REQUIRE(plans.notes.size() == 1);
  CHECK(plans.notes[0].find("no driver") != std::string::npos);
}

TEST_CASE("plan_slots gives cpu_slots of the sweep file all processors between them") {
  Resources resources;
  resources.cpu_slots = 2;
  const auto plans = plan_slots(resources, {}, machine(0, 7));
  CHECK(names(plans).size() == 2);
  CHECK(threads_disjoint(plans) == std::vector{3, 4});
}

TEST_CASE("plan_slots makes no more CPU slots than there are runs unless told to") {
  const auto plans = plan_slots({}, {{}, {}, 2}, machine(0, 8));
  CHECK(threads_disjoint(plans) == std::vector{4, 4});
  Resources resources;
  resources.cpu_slots = 4;
  CHECK(plan_slots(resources, {{}, {}, 2}, machine(0, 8)).slots.size() == 4);
}

TEST_CASE("plan_slots keeps threads within a cgroup quota") {
  Machine limited = machine(0, 8);
  limited.cpus.quota = 2.0;
  Resources resources;
  CHECK(plan_slots(resources, {}, limited).slots.size() == 2);
  resources.cpu_slots = 1;
  CHECK(threads_disjoint(plan_slots(resources, {}, limited)) == std::vector{2});
}

TEST_CASE("plan_slots shares processors in turn when there are more slots than processors") {
  const auto plans = plan_slots({}, {}, machine(5, 2));
  CHECK(plans.slots[0].slot.cpus == std::vector{0});
  CHECK(plans.slots[1].slot.cpus == std::vector{1});
  CHECK(plans.slots[4].slot.cpus == std::vector{0});
  CHECK(plans.slots[4].slot.threads == 1);
}

TEST_CASE("plan_slots refuses a GPU by name on a machine without and points to cpu_slots") {
  CHECK_THROWS_WITH_AS(plan_slots({}, {{"0"}, {}, 0}, machine(0, 2)),
                       doctest::Contains("cpu_slots"), Error);
  CHECK(code_of_refusal({}, {{"0"}, {}, 0}, machine(0, 2)) == ExitCode::environment);
  CHECK(code_of_refusal({}, {{"7"}, {}, 0}, machine(2, 2)) == ExitCode::environment);
}

TEST_CASE("plan_slots refuses zero CPU slots") {
  CHECK(code_of_refusal({}, {{"none"}, 0, 0}, machine(0, 2)) == ExitCode::usage);
}

TEST_CASE("gpus_per_run leaves the GPUs single, and a note tells how many its runs cannot use") {
  Resources resources;
  resources.gpus_per_run = 2;
  const auto plans = plan_slots(resources, {}, machine(5, 10));
  CHECK(plans.slots.size() == 5);
  CHECK(plans.notes == Names{"runs on 2 GPUs each use 4 of the 5 GPUs"});
  CHECK(plan_slots(resources, {}, machine(4, 10)).notes.empty());
  CHECK(code_of_refusal(resources, {}, machine(1, 2)) == ExitCode::environment);
}

TEST_CASE("slots joined for a run name, label and hold all of them, the first one first") {
  Machine five = machine(5, 10);
  for (Gpu& gpu : five.gpus.gpus) gpu.memory_total_mb = 1024;
  const auto plans = plan_slots({}, {}, five);
  const SlotPlan joined = join({plans.slots[2], plans.slots[4]});
  CHECK(joined.name == "GPU-2abc+GPU-4abc");
  CHECK(parts_of(joined.name) == Names{"GPU-2abc", "GPU-4abc"});
  CHECK(joined.label == "GPU 2 + GPU 4 Quadro P6000");
  CHECK(joined.memory_bytes == 2048.0 * 1024 * 1024);
  CHECK(joined.slot.gpu_uuid == "GPU-2abc");
  CHECK(joined.slot.cpus == std::vector{4, 5});
  REQUIRE(joined.slot.others.size() == 1);
  CHECK(joined.slot.others[0].gpu_uuid == "GPU-4abc");
  CHECK(joined.slot.others[0].cpus == std::vector{8, 9});
  CHECK(joined.slot.others[0].threads == 2);
}

TEST_CASE("one slot joined is itself") {
  const auto plans = plan_slots({}, {{}, 1, 0}, machine(0, 2));
  const SlotPlan joined = join({plans.slots[0]});
  CHECK(joined.name == "cpu:0");
  CHECK(joined.label == "cpu:0");
  CHECK(joined.slot == plans.slots[0].slot);
  CHECK(parts_of("cpu:0") == Names{"cpu:0"});
}

TEST_CASE("where some runs take less, none of the GPUs is said to be of no use") {
  Resources resources;
  resources.gpus_per_run = 2;
  resources.gpus_vary = true;
  CHECK(plan_slots(resources, {}, machine(5, 10)).notes.empty());
}

TEST_CASE("gpus_per_run on a machine without GPUs makes as many shares for each run at a time") {
  Resources resources;
  resources.gpus_per_run = 2;
  const auto plans = plan_slots(resources, {{}, {}, 30}, machine(0, 4));
  CHECK(names(plans) == Names{"cpu:0", "cpu:1", "cpu:2", "cpu:3"});
  const SlotPlan joined = join({plans.slots[2], plans.slots[3]});
  CHECK(joined.label == "cpu:2 + cpu:3");
  CHECK(joined.slot.cpus == std::vector{2});
  CHECK(joined.slot.others.front().cpus == std::vector{3});
  CHECK(names(plan_slots(resources, {{}, 1, 30}, machine(0, 4))) == Names{"cpu:0", "cpu:1"});
  CHECK(names(plan_slots(resources, {{}, {}, 30}, machine(0, 1))) == Names{"cpu:0", "cpu:1"});
  CHECK(names(plan_slots(resources, {{}, {}, 1}, machine(0, 8))) == Names{"cpu:0", "cpu:1"});
}

TEST_CASE("plan_slots leaves out split and lost GPUs, and refuses when nothing else is there") {
  Machine mixed = machine(2, 2);
  mixed.gpus.gpus[0].mig_enabled = true;
  const auto plans = plan_slots({}, {}, mixed);
  CHECK(names(plans) == Names{"GPU-1abc"});
  CHECK(plans.notes.size() == 1);
  mixed.gpus.gpus[1].lost = "GPU is lost";
  CHECK(code_of_refusal({}, {}, mixed) == ExitCode::environment);
}

TEST_CASE("plan_slots: CUDA_VISIBLE_DEVICES narrows what all means, not what is named") {
  Machine slurm = machine(4, 4);
  slurm.visible_gpus = "2,GPU-0";
  CHECK(names(plan_slots({}, {}, slurm)) == Names{"GPU-0abc", "GPU-2abc"});
  CHECK(names(plan_slots({}, {{"1"}, {}, 0}, slurm)) == Names{"GPU-1abc"});
  slurm.visible_gpus = "-1";
  const auto plans = plan_slots({}, {}, slurm);
  CHECK(plans.slots[0].name == "cpu:0");
  CHECK(plans.notes.at(0).find("CUDA_VISIBLE_DEVICES") != std::string::npos);
}
