#include "worker/data/pixel_loops.h"

#include <algorithm>
#include <vector>

// Compiled for several generations of processors; the one of this machine is taken at run time.
// Not under sanitizers, which start only after that choice.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define RADSWEEP_VECTORISED \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define RADSWEEP_VECTORISED
#endif

namespace radsweep::data {
namespace {

// Byte `place` of the four neighbours.
inline int byte_of(std::uint32_t four, int place) {
  return static_cast<int>(four >> (8 * place)) & 255;
}

RADSWEEP_VECTORISED void points(std::size_t n, const pixel::RowSource row, double* __restrict x,
                                double* __restrict y) {
  for (std::size_t i = 0; i < n; ++i) {
    const pixel::Point point = pixel::source_of(row, static_cast<int>(i));
    x[i] = point.x;
    y[i] = point.y;
  }
}

RADSWEEP_VECTORISED void clamp_all(std::size_t n, double low, double high, double* values) {
  for (std::size_t i = 0; i < n; ++i) values[i] = pixel::clamped(values[i], low, high);
}

RADSWEEP_VECTORISED void blend(std::size_t n, const std::uint32_t* __restrict neighbours,
                               std::int32_t stride, const double* __restrict x,
                               const double* __restrict y, float* __restrict out) {
  for (std::size_t i = 0; i < n; ++i) {
    const auto column = static_cast<std::int32_t>(x[i] + 1),
               row = static_cast<std::int32_t>(y[i] + 1);
    const auto u = static_cast<float>(x[i] - (column - 1)),
               v = static_cast<float>(y[i] - (row - 1));
    const std::uint32_t four = neighbours[row * stride + column];
    out[i] = pixel::blended(byte_of(four, 0), byte_of(four, 1), byte_of(four, 2), byte_of(four, 3),
                            u, v);
  }
}

RADSWEEP_VECTORISED void pack_row(std::size_t n, const std::uint8_t* __restrict above,
                                  const std::uint8_t* __restrict below,
                                  std::uint32_t* __restrict values) {
  for (std::size_t i = 0; i < n; ++i) {
    values[i] =
        static_cast<std::uint32_t>(above[i]) | static_cast<std::uint32_t>(above[i + 1]) << 8 |
        static_cast<std::uint32_t>(below[i]) << 16 | static_cast<std::uint32_t>(below[i + 1]) << 24;
  }
}

RADSWEEP_VECTORISED void scale_all(std::size_t n, const std::uint8_t* __restrict pixels,
                                   float* __restrict out) {
  for (std::size_t i = 0; i < n; ++i) out[i] = pixel::scaled(pixels[i]);
}

RADSWEEP_VECTORISED void bend_all(std::size_t n, float contrast, float shift, float* values) {
  for (std::size_t i = 0; i < n; ++i) values[i] = pixel::bent(values[i], contrast, shift);
}

RADSWEEP_VECTORISED void normalise_all(std::size_t n, const float* __restrict grey,
                                       float* __restrict rgb) {
  for (std::size_t i = 0; i < n; ++i) {
    rgb[3 * i] = pixel::red_of(grey[i]);
    rgb[3 * i + 1] = pixel::green_of(grey[i]);
    rgb[3 * i + 2] = pixel::blue_of(grey[i]);
  }
}

}  // namespace

void source_points(const pixel::RowSource& row, std::span<double> x, std::span<double> y) {
  points(x.size(), row, x.data(), y.data());
}

void clamp_coordinates(double low, double high, std::span<double> values) {
  clamp_all(values.size(), low, high, values.data());
}

void gather_neighbours(std::span<const std::uint8_t> image, int height, int width,
                       std::span<std::uint32_t> values) {
  // a row with a black pixel at its left and two at its right, twice: above and below
  const auto w = static_cast<std::size_t>(width), stride = w + 2;
  std::vector<std::uint8_t> above(stride + 1), below(stride + 1);
  for (int row = -1; row <= height; ++row) {
    above.swap(below);
    const auto next = static_cast<std::size_t>(row + 1);
    if (row + 1 < height) {
      std::ranges::copy(image.subspan(next * w, w), below.begin() + 1);
    } else {
      std::ranges::fill(below, std::uint8_t{0});
    }
    pack_row(stride, above.data(), below.data(), values.data() + next * stride);
  }
}

void interpolate(const Neighbours& neighbours, std::span<const double> x, std::span<const double> y,
                 std::span<float> out) {
  blend(out.size(), neighbours.values.data(), neighbours.width + 2, x.data(), y.data(), out.data());
}

void scale_bytes(std::span<const std::uint8_t> pixels, std::span<float> out) {
  scale_all(pixels.size(), pixels.data(), out.data());
}

void bend_logits(float contrast, float shift, std::span<float> values) {
  bend_all(values.size(), contrast, shift, values.data());
}

void normalise(std::span<const float> grey, std::span<float> rgb) {
  normalise_all(grey.size(), grey.data(), rgb.data());
}

}  // namespace radsweep::data
