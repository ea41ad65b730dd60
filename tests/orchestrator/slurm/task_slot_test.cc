// What a node offers becomes the slot of a worker.
#include <doctest/doctest.h>

#include "base/error.h"
#include "orchestrator/slurm/task_slot.h"

using namespace radsweep;
using namespace radsweep::orchestrator;
using slurm::slot_of_task;

namespace {

Machine machine(int gpus, int processors = 8) {
  Machine made;
  for (int i = 0; i < gpus; ++i) {
    Gpu gpu;
    gpu.index = i;
    gpu.uuid = "GPU-" + std::to_string(i);
    gpu.name = "card";
    gpu.memory_total_mb = 1000;
    made.gpus.gpus.push_back(gpu);
  }
  made.gpus.why_none = "there is no driver";
  for (int i = 0; i < processors; ++i) made.cpus.cpus.push_back(i);
  return made;
}

}  // namespace

TEST_CASE("an element trains on the GPU that Slurm makes visible") {
  Machine node = machine(4);
  node.visible_gpus = "2";
  const attempt::Slot slot = slot_of_task({1, 1}, std::nullopt, node);
  CHECK(slot.gpu_uuid == "GPU-2");
  CHECK(slot.ranks() == 1);
}

TEST_CASE("a run of several GPUs has a rank on each") {
  Machine node = machine(4);
  node.visible_gpus = "1,3";
  const attempt::Slot slot = slot_of_task({2, 2}, std::nullopt, node);
  REQUIRE(slot.ranks() == 2);
  CHECK(slot.gpu_uuid == "GPU-1");
  CHECK(slot.others[0].gpu_uuid == "GPU-3");
}

TEST_CASE("a run that asked for a GPU never trains on the processors in its place") {
  CHECK_THROWS_WITH_AS(slot_of_task({1, 1}, std::nullopt, machine(0)),
                       doctest::Contains("there is no driver"), Error);
  Machine node = machine(4);
  node.visible_gpus = "1";
  CHECK_THROWS_AS(slot_of_task({2, 2}, std::nullopt, node), Error);
}

TEST_CASE("without GPUs the processors are shared by the ranks") {
  const attempt::Slot slot = slot_of_task({0, 2}, std::nullopt, machine(4));
  CHECK(slot.gpu_uuid == "");
  REQUIRE(slot.ranks() == 2);
  CHECK(slot.threads == 4);
}

TEST_CASE("fewer processors than the node has are as many threads, wherever they are free") {
  const attempt::Slot slot = slot_of_task({0, 1}, 3, machine(0));
  CHECK(slot.threads == 3);
  CHECK(slot.cpus.empty());
  CHECK(slot_of_task({0, 1}, 8, machine(0)).cpus.size() == 8);  // the system keeps us to them
}
