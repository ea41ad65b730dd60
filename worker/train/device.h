// The processor or GPU a run computes on, set up so that the same run gives the same numbers. A
// program with this in it keeps the memory that it frees (malloc is jemalloc's).
#pragma once

#include <c10/core/Device.h>

#include <string>

#include "worker/attempt/spec.h"

namespace radsweep::train {

// Keeps this process to the slot's processors and sets LibTorch's threads. Call before anything
// computes: threads inherit the affinity. Throws Error(environment) when the system refuses.
void use_processors(const attempt::Slot& slot);

struct ComputeDevice {
  at::Device device = at::kCPU;
  std::string description;  // "CPU, 2 threads" | "NVIDIA H200, GPU-8a1f..."

  // The most that was used: on a GPU what is taken on it now, whoever took it (LibTorch's cache
  // does not shrink), otherwise this process's highest resident memory, what it keeps for later
  // included.
  double memory_mb() const;
};

// The CPU, or exactly the GPU the slot names: the driver must show that one and no other, then
// LibTorch's CUDA libraries are loaded. Its arithmetic is deterministic where LibTorch has a
// deterministic operator. Throws Error(environment) otherwise.
// float32 is multiplied as such, or with `precision` "tf32" (the recipe's) as a GPU's tensor cores
// do it, if it has them.
ComputeDevice open_device(const attempt::Slot& slot, const std::string& precision);

}  // namespace radsweep::train
