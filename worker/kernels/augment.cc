#include "worker/kernels/augment.h"

#include "worker/kernels/cuda/augment.h"

namespace radsweep::kernels {

at::Tensor augmented(const at::Tensor& pixels, const at::Tensor& changes) {
  return cuda::augmented(cuda::gpu_of(pixels.device()), pixels, changes);
}

}  // namespace radsweep::kernels
