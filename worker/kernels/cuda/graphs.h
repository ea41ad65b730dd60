// Work recorded on a GPU once and given to it as a whole from then on, as a CUDA graph: where a
// network's kernels are short, starting them one by one takes longer than they do.
//
// Recording needs the classes of LibTorch's CUDA half, so it is in a library of its own,
// graphs_library.cc, which is loaded when a run wants it. Never ran on a GPU so far.
#pragma once

#include <c10/core/Device.h>
#include <c10/util/Exception.h>

#include <functional>
#include <optional>

#include "base/error.h"

namespace radsweep::kernels::cuda {

using Work = std::function<void()>;

// Keeps what `work` would queue on the GPU, without running it, and returns what queues it, on the
// stream that is current then. Tensors that are made while it records lie in memory that all
// recorded work shares: nothing in them outlives the call to what was returned, so results belong
// into tensors made before. Of numbers and tensors it keeps what they are now. `work` must not wait
// for the GPU, and have run before, as what is made at first use cannot be recorded. Throws
// Error(usage) when the GPU refuses to record it, c10::Error for its other faults.
using GraphRecorder = std::function<Work(const Work& work)>;

// What the run asked for and its GPU refused; nullopt: `failure` is of another kind.
std::optional<Error> refusal_to_record(const c10::Error& failure);

// After LibTorch's CUDA half was loaded. Throws Error(usage) where the library is missing, as in a
// build without CUDA's headers.
GraphRecorder open_graph_recorder(c10::Device device);

}  // namespace radsweep::kernels::cuda
