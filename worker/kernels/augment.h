// Images as a GPU makes them for the training, from images as they are stored.
#pragma once

#include <ATen/core/Tensor.h>

namespace radsweep::kernels {

// pixels: [images, height, width] uint8, changes: [images * sizeof(pixel::Change)] uint8, both on
// one GPU -> [images, 3, height, width] float, augmented and normalised: the bits that
// data::augment_to_rgb makes. Throws as kernels::cuda::Gpu does.
at::Tensor augmented(const at::Tensor& pixels, const at::Tensor& changes);

}  // namespace radsweep::kernels
