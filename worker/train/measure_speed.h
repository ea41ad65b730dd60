// How fast this process trains one run: the real training on noise, a few steps of each phase.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "worker/attempt/spec.h"
#include "worker/train/failure.h"

namespace radsweep::train {

struct SpeedOptions {
  int steps = 10;               // timed of each phase, after two that are not
  double images_per_study = 1;  // at least 1
};

struct MeasuredStep {
  long images = 0;
  double seconds = 0;
};

struct MeasuredPhase {
  std::string name;  // as Phase::name, or "validation"
  std::vector<MeasuredStep> steps;
};

struct SpeedMeasurement {
  std::string device;                 // as ComputeDevice::description
  double peak_memory_mb = 0;          // as ComputeDevice::memory_mb()
  std::vector<MeasuredPhase> phases;  // as the recipe has them, then the validation
};

// Trains what `spec` says, on its slot, but on noise in place of its data and of its initial
// weights; steps hold as many studies as the recipe's, with CUDA graphs as many images, and the
// time to augment them. A phase ends early when its timed steps took 20 s, though not before the
// third. Writes noise and beats below `folder`, which is there. `stage` receives how far it came,
// also when this throws (see failure.h). Call once in a process.
SpeedMeasurement measure_speed(attempt::Spec spec, const std::filesystem::path& folder,
                               SpeedOptions options, Stage& stage);

}  // namespace radsweep::train
