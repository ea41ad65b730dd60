// The driver's handles of LibTorch's streams, without CUDA's headers.
#pragma once

#include <c10/core/Stream.h>

namespace radsweep::kernels::cuda {

// Of libc10_cuda.so: c10::cuda::CUDAStream::stream() const.
// (Stream::native_handle() does the same, but only in newer LibTorch.)
inline constexpr const char* kStreamOfCudaStream = "_ZNK3c104cuda10CUDAStream6streamEv";

// The one that LibTorch computes on now, in this thread.
c10::Stream current_stream(c10::Device device);

// A cudaStream_t. Throws Error(environment) without LibTorch's CUDA half.
void* handle_of(const c10::Stream& stream);

}  // namespace radsweep::kernels::cuda
