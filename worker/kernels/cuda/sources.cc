#include "worker/kernels/cuda/sources.h"

#include "worker/kernels/cuda/augment_source.h"
#include "worker/kernels/cuda/norm_relu_source.h"
#include "worker/kernels/cuda/nvrtc.h"
#include "worker/kernels/cuda/pixel_math_source.h"

namespace radsweep::kernels::cuda {

std::string compile_kernels(const Library& library, const std::string& architecture) {
  return compile(library, std::string(kNormReluSource) + kAugmentSource,
                 {"base/pixel_math.h", kPixelMathSource}, architecture);
}

}  // namespace radsweep::kernels::cuda
