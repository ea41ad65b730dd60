// A second queue of work on a GPU, beside the one that LibTorch computes on.
#pragma once

#include <c10/core/Device.h>

#include <memory>

namespace radsweep::train {

// Of one GPU; the thread that computes.
class SideStream {
 public:
  virtual ~SideStream() = default;
  // A cudaStream_t.
  virtual void* handle() = 0;
  // What is queued here from now on waits for all that LibTorch's stream has by now.
  virtual void follow() = 0;
  // The other way: LibTorch's stream waits for all that this one has by now.
  virtual void join() = 0;
};

// Of LibTorch's own pool, by its interface for any device: no CUDA header. Never ran on a GPU so
// far.
std::unique_ptr<SideStream> make_side_stream(c10::Device device);

}  // namespace radsweep::train
