// Our kernels on one GPU, compiled when the first is wanted.
//
// The program is linked to LibTorch's CPU half alone and built without a CUDA toolkit, so all of
// CUDA is looked up at run time, in libraries that LibTorch brings and has loaded itself:
//   libcaffe2_nvrtc.so  LibTorch's own way to NVRTC and driver: it needs libnvrtc.so.12 or .13 and
//                       libcuda.so.1 and knows where its wheel keeps them. (The table of functions
//                       that LibTorch makes of it, at::cuda::NVRTC, needs CUDA's headers and
//                       differs from version to version.)
//   libc10_cuda.so      from LibTorch's current stream to the driver's: stream.h.
// Never ran on a GPU so far: see tests/bench/RESULTS.md for what was checked instead.
#pragma once

#include <c10/core/Device.h>

#include <cstdint>
#include <functional>
#include <span>

#include "worker/kernels/cuda/library.h"

namespace radsweep::kernels::cuda {

struct Grid {
  std::int64_t width, height;  // in blocks
};

class Gpu {
 public:
  using Stream = void*;  // the driver's

  // GPU number `device` of those the process sees. `library`: has or needs NVRTC and driver.
  // Throws Error(internal) with NVRTC's log, or c10::Error as LibTorch does for what the driver
  // reports, which makes it a failure of the device.
  Gpu(const std::string& library, int device, std::function<Stream()> current_stream);

  // Starts a kernel of this folder on the current stream, in blocks of 32 x 8 threads. The
  // arguments must have the layout of the kernel's. Any thread may call. Throws c10::Error.
  template <typename... Arguments>
  void launch(const char* kernel, const Grid& grid, const Arguments&... arguments) const {
    const void* addresses[] = {&arguments...};
    start(kernel, grid, addresses);
  }

 private:
  class ContextScope;
  void start(const char* kernel, const Grid& grid, std::span<const void*> arguments) const;
  void check(int status, const char* call) const;

  Library library_;
  std::function<Stream()> current_stream_;
  // The driver's functions for every start, looked up once.
  int (*push_context_)(void*);
  int (*pop_context_)(void**);
  int (*find_kernel_)(void**, void* module, const char*);
  int (*launch_kernel_)(void* kernel, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned,
                        unsigned shared_bytes, Stream, void** arguments, void** extra);
  void* context_ = nullptr;  // the one that LibTorch uses; never given back, nor is the module
  void* module_ = nullptr;
};

// Made once per process and device.
const Gpu& gpu_of(c10::Device device);

}  // namespace radsweep::kernels::cuda
