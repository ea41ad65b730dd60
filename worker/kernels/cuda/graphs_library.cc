// Linked to LibTorch's CUDA half, unlike everything else.
#include "worker/kernels/cuda/graphs_library.h"

#include <ATen/cuda/CUDAGraph.h>
#include <c10/core/StreamGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAFunctions.h>

#include <memory>
#include <utility>

namespace radsweep::kernels::cuda {
namespace {

using at::cuda::CUDAGraph;
using MemoryPool = decltype(std::declval<CUDAGraph>().pool());  // LibTorch moved its name

// Ends the recording however the work ends: LibTorch's allocator goes on giving out the graph's
// memory until then.
void record(CUDAGraph& graph, MemoryPool pool, const Work& work) {
  // the backward pass is another thread's
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
  explicit Recorder(c10::Device device) : device_(device) {}

  Work operator()(const Work& work) {
    c10::cuda::device_synchronize();
    // else the cache of what ran before stays beside the graph's own memory
    c10::cuda::CUDACachingAllocator::emptyCache();
    const auto graph = std::make_shared<CUDAGraph>();
    const std::shared_ptr<CUDAGraph> other = last_.lock();
    {
      // LibTorch's usual stream cannot be recorded
      const c10::impl::VirtualGuardImpl device(device_.type());
      const c10::StreamGuard guard(device.getStreamFromGlobalPool(device_));
      record(*graph, other ? other->pool() : MemoryPool{0, 0}, work);
    }
    last_ = graph;
    return [graph] { graph->replay(); };
  }

 private:
  c10::Device device_;
  std::weak_ptr<CUDAGraph> last_;  // shares its memory with the next, if it lives
};

}  // namespace

void radsweep_make_graph_recorder(const c10::Device& device, GraphRecorder& recorder) {
  recorder = Recorder(device);
}

}  // namespace radsweep::kernels::cuda
