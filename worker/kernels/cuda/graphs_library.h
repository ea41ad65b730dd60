// The one function of the library that records CUDA graphs.
#pragma once

#include <c10/core/Device.h>

#include "worker/kernels/cuda/graphs.h"

namespace radsweep::kernels::cuda {

inline constexpr const char* kGraphsLibrary = "libradsweep_cuda_graphs.so";
inline constexpr const char* kMakeGraphRecorder = "radsweep_make_graph_recorder";

extern "C" {
// Into `recorder`: C has no such type to return.
void radsweep_make_graph_recorder(const c10::Device& device, GraphRecorder& recorder);
}

}  // namespace radsweep::kernels::cuda
