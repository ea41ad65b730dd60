// The inner loops over a row of pixels, compiled into the machine's vector instructions. Without
// fused multiply-adds, so that every machine makes the same pixels: base/pixel_math.h has the
// formulas.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/pixel_math.h"

namespace radsweep::data {

// Where the pixels of a row come from, one a pixel.
void source_points(const pixel::RowSource& row, std::span<double> x, std::span<double> y);

// Into [low, high]; what is not a number becomes `low`.
void clamp_coordinates(double low, double high, std::span<double> values);

// The four pixels around every point of an image with a black frame one pixel wide: value
// [row + 1, column + 1] holds the pixels (row, column), (row, column + 1), and those below, from
// its lowest byte to its highest. [height + 2, width + 2]
struct Neighbours {
  std::span<const std::uint32_t> values;
  int width;
};
void gather_neighbours(std::span<const std::uint8_t> image, int height, int width,
                       std::span<std::uint32_t> values);

// Bilinear look-up, 0..1; x within [-1, width], y within [-1, height].
void interpolate(const Neighbours& neighbours, std::span<const double> x, std::span<const double> y,
                 std::span<float> out);

// pixel / 255
void scale_bytes(std::span<const std::uint8_t> pixels, std::span<float> out);

// pixel::bent in place: within 1e-6 of the exact function, about ten times faster than libm's.
void bend_logits(float contrast, float shift, std::span<float> values);

// (grey - mean) / std for ImageNet's three channels, side by side.
void normalise(std::span<const float> grey, std::span<float> rgb);

}  // namespace radsweep::data
