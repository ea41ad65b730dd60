// Where runs can be placed on this machine: one slot holds one process of one run at a time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/cpu_list.h"
#include "orchestrator/environment/gpu_list.h"
#include "orchestrator/sweep/sweep.h"
#include "worker/attempt/spec.h"

namespace radsweep::orchestrator {

struct SlotPlan {
  std::string name;    // GPU UUID, "UUID#1" for the second run on a GPU, or "cpu:0"
  std::string label;   // for people: "GPU 0 Quadro P6000" or "cpu:0"
  attempt::Slot slot;  // as it goes into the spec
  std::optional<double> memory_bytes = {};  // a run's share of its GPUs; nothing on a CPU
};

// What the command line says; it wins over the sweep file.
struct SlotOptions {
  std::vector<std::string> gpus;  // --gpus split at commas; empty: not given; {"none"}: CPU
  std::optional<int> cpu_slots;   // --cpu-slots; without --gpus it asks for the CPU
  int runs = 0;  // how many runs wait: more CPU slots than that only starve them; 0: not known
};

struct Machine {
  GpuInventory gpus;
  CpuList cpus;
  // CUDA_VISIBLE_DEVICES of our own environment, when set: what `all` means under Slurm.
  std::optional<std::string> visible_gpus;
  // Whether the pipe of NVIDIA's Multi-Process Service is there for our workers.
  bool mps = false;
};
// Asks this machine.
Machine inspect_machine();

struct SlotPlans {
  std::vector<SlotPlan> slots;     // at least one
  std::vector<std::string> notes;  // what the user should know: "no GPU found (...): using ..."
};

// Slots for a sweep. Every slot gets its own share of the processors (disjoint unless there are
// more slots than processors) and as many threads as it can keep busy, at least 1.
//   GPUs: runs_per_gpu slots on each selected GPU; without the Multi-Process Service a note says
//   that they take turns.
//   CPU: for cpu_slots runs at a time, by default as many as there are processors for, at most
//   `runs`; gpus_per_run slots for each.
// A run that takes several is given them when it starts (joined_slot.h). Where runs of gpus_per_run
// each cannot use all GPUs at once, a note says so.
// `gpus: all` (or nothing said) on a machine without GPUs falls back to the CPU with a note.
// Throws Error(environment) when a GPU is asked for by name and there is none or not that one,
// or every selected GPU is split by MIG, or there are fewer GPUs than gpus_per_run; Error(usage)
// for bad words.
SlotPlans plan_slots(const Resources& resources, const SlotOptions& options,
                     const Machine& machine);

}  // namespace radsweep::orchestrator
