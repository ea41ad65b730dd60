// Why an attempt failed, as the orchestrator's retry rules know it.
#pragma once

#include <exception>
#include <string>

#include "worker/attempt/attempt_files.h"

namespace radsweep::train {

// How far the attempt had come: decides what an unusable environment means.
enum class Stage {
  spec,      // reading and checking what to do
  device,    // processors, GPU
  data,      // CSV files, image cache, initial weights
  training,  // from the first batch to the sealed result
};

struct Failure {
  std::string error_class;  // as in worker/attempt/result.h
  attempt::WorkerExit exit = attempt::WorkerExit::failed;
  std::string text;  // one line
};

// A RankFailed is what befell the other rank. Otherwise out_of_memory: none left on the GPU;
// host_memory: none left beside it (std::bad_alloc, LibTorch's CPU allocator); device: a CUDA or
// NCCL call failed; of our Errors, among which those of std::filesystem count, the wrong usage is
// bad_spec, the unusable environment what the stage says (spec: bad_spec, device, data: bad_data,
// training: disk); everything else is a bug.
Failure classify(const std::exception& failure, Stage stage);

// A loss that is NaN or infinite, after `step` training steps.
Failure not_finite(long step);

}  // namespace radsweep::train
