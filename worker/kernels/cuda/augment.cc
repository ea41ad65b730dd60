#include "worker/kernels/cuda/augment.h"

#include <ATen/ops/empty.h>

#include "base/error.h"
#include "base/pixel_math.h"

namespace radsweep::kernels::cuda {

at::Tensor augmented(const Gpu& gpu, const at::Tensor& pixels, const at::Tensor& changes) {
  ensure(pixels.dim() == 3 && pixels.is_contiguous() && pixels.scalar_type() == at::kByte,
         "stored images are [images, height, width] bytes");
  const std::int64_t images = pixels.size(0), height = pixels.size(1), width = pixels.size(2);
  ensure(images < 65536, "as many images as a grid may be high");
  ensure(changes.is_contiguous() && changes.nbytes() == images * sizeof(pixel::Change),
         "a change for every image");
  const at::Tensor rgb = at::empty({images, 3, height, width}, pixels.options().dtype(at::kFloat));
  if (rgb.numel() == 0) return rgb;
  gpu.launch("augment", {(height * width + 255) / 256, images}, pixels.const_data_ptr(),
             changes.const_data_ptr(), static_cast<int>(height), static_cast<int>(width),
             rgb.mutable_data_ptr());
  return rgb;
}

}  // namespace radsweep::kernels::cuda
