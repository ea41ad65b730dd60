// Linked to LibTorch's CUDA half, unlike everything else.
#include "worker/kernels/cuda/graphs_library.h"

#include <ATen/cuda/CUDAGraph.h>
#include <c10/core/StreamGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAFunctions.h>

#include <memory>
#include <utility>

namespace at::cuda {
void clearCublasWorkspaces();  // whose header needs those of all of CUDA's libraries
}

namespace radsweep::kernels::cuda {
namespace {

using at::cuda::CUDAGraph;
using MemoryPool = decltype(std::declval<CUDAGraph>().pool());  // LibTorch moved its name

// What CUDA refuses in the middle of it leaves the stream and LibTorch's allocator unusable: the
// process must end.
void record(CUDAGraph& graph, MemoryPool pool, const Work& work) {
  // other threads, which load data, may do what cannot be recorded
  graph.capture_begin(pool, cudaStreamCaptureModeThreadLocal);
  try {
    work();
  } catch (...) {
    try {
      graph.capture_end();
    } catch (const c10::Error&) {  // what ended the work tells more
    }
    throw;
  }
  graph.capture_end();
}

class Recorder {
 public:
  explicit Recorder(c10::Device device)
      : stream_(c10::impl::VirtualGuardImpl(device.type()).getStreamFromGlobalPool(device)) {}

  Work operator()(const Work& work) {
    const std::shared_ptr<CUDAGraph> other = last_.lock();
    c10::cuda::device_synchronize();
    at::cuda::clearCublasWorkspaces();
    // while it records LibTorch gives nothing back that it keeps for later
    if (!other) c10::cuda::CUDACachingAllocator::emptyCache();
    const auto graph = std::make_shared<CUDAGraph>();
    {
      const c10::StreamGuard guard(stream_);
      record(*graph, other ? other->pool() : MemoryPool{0, 0}, work);
    }
    // cuBLAS keeps its own for each stream, and this one would stay in the graph's memory
    at::cuda::clearCublasWorkspaces();
    last_ = graph;
    return [graph] { graph->replay(); };
  }

 private:
  // LibTorch's usual stream cannot be recorded. Always the same: memory is of one stream.
  c10::Stream stream_;
  std::weak_ptr<CUDAGraph> last_;  // shares its memory with the next, if it lives
};

}  // namespace

void radsweep_make_graph_recorder(const c10::Device& device, GraphRecorder& recorder) {
  recorder = Recorder(device);
}

}  // namespace radsweep::kernels::cuda
