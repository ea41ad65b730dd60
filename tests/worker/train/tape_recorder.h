// Stands in for a GPU that records work: keeps every operator of ATen's that the work calls, with
// its arguments as they are, and calls them again when the work is replayed. As with CUDA's graphs
// a replay knows numbers, shapes and tensors of the recording, and of what changed since only what
// lies in those tensors.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "worker/kernels/cuda/graphs.h"

namespace radsweep::test {

// A recorder for one thread, by ATen's operators alone: loops of our own leave no trace in it. Here
// recording runs the work, so `state`, what it changes from one call to the next, is put back.
// Throws std::logic_error when work would wait for a GPU: when it looks at values, or calls what
// waits where LibTorch makes it deterministic.
kernels::cuda::GraphRecorder tape_recorder(std::vector<at::Tensor> state);

}  // namespace radsweep::test
