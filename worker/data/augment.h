// Random geometry and lighting of a training image and its normalisation, in one pass.
// Formulas: fastai's affine, warp and lighting transforms (checked against 2.1 and 2.8).
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/pixel_math.h"
#include "worker/attempt/recipe.h"

namespace radsweep::data {

// What was drawn for one image. The default is the identity.
struct AugmentDraw {
  bool flip = false;
  double rotate_deg = 0;
  double zoom = 1, zoom_x = 0.5, zoom_y = 0.5;  // magnification and its centre in [0,1]
  double warp_x = 0, warp_y = 0;
  double brightness = 0.5;  // 0.5: unchanged
  double contrast = 1;      // 1: unchanged

  bool operator==(const AugmentDraw&) const = default;
};

// Counter-based: depends on its arguments only, so on no thread, slot or earlier draw.
AugmentDraw draw_augment(const attempt::AugmentRecipe& recipe, std::uint64_t seed, int epoch,
                         std::uint64_t study, int view);

// What the draw does to an image of that size. `pad_mode` is zeros, border or reflection; throws
// Error(usage) for another.
pixel::Change change_of(const AugmentDraw& draw, int height, int width,
                        const std::string& pad_mode);

// Image [height, width] uint8 -> grey values in [0,1] after geometry (bilinear, align_corners,
// `pad_mode` outside) and lighting (in logit space). `grey` has height * width floats.
void augment_image(std::span<const std::uint8_t> image, int height, int width,
                   const AugmentDraw& draw, const std::string& pad_mode, std::span<float> grey);

// The same grey values in three channels, [height, width, 3], normalised with ImageNet's mean
// (0.485, 0.456, 0.406) and std (0.229, 0.224, 0.225). Row by row: no other image in between.
void augment_to_rgb(std::span<const std::uint8_t> image, int height, int width,
                    const AugmentDraw& draw, const std::string& pad_mode, std::span<float> rgb);

}  // namespace radsweep::data
