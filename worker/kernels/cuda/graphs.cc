#include "worker/kernels/cuda/graphs.h"

#include "worker/kernels/cuda/graphs_library.h"
#include "worker/kernels/cuda/library.h"

namespace radsweep::kernels::cuda {

GraphRecorder open_graph_recorder(c10::Device device) {
  const Library library(kGraphsLibrary, "cuda_graphs: false");
  GraphRecorder recorder;
  library.function<decltype(radsweep_make_graph_recorder)>(kMakeGraphRecorder)(device, recorder);
  return recorder;
}

}  // namespace radsweep::kernels::cuda
