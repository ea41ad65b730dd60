#include "worker/kernels/cuda/stream.h"

#include <c10/core/impl/VirtualGuardImpl.h>

#include "worker/kernels/cuda/library.h"

namespace radsweep::kernels::cuda {

c10::Stream current_stream(c10::Device device) {
  return c10::impl::VirtualGuardImpl(device.type()).getStream(device);
}

// CUDAStream has a Stream for its only member, so the one's address is the other's.
void* handle_of(const c10::Stream& stream) {
  using HandleOf = void*(const c10::Stream*);
  static HandleOf* const handle = Library("libc10_cuda.so").function<HandleOf>(kStreamOfCudaStream);
  return handle(&stream);
}

}  // namespace radsweep::kernels::cuda
