#include "worker/data/pixel_loops.h"

#include <algorithm>
#include <bit>
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

// log2 and exp2 without branches or calls, so that the compiler can vectorise their loop.

// Positive normal x. m in [sqrt(1/2), sqrt(2)): ln m = 2 artanh((m-1)/(m+1)), whose series is cut
// after the 9th power: 7e-10.
inline float fast_log2(float x) {
  constexpr std::uint32_t kSqrtHalf = 0x3f3504f3;  // bits of sqrt(1/2)
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(x) - kSqrtHalf;
  const auto exponent = static_cast<float>(static_cast<std::int32_t>(bits) >> 23);
  const float m = std::bit_cast<float>((bits & 0x7fffff) + kSqrtHalf);
  const float s = (m - 1) / (m + 1), s2 = s * s;
  constexpr float k = 2.8853900817779268F;  // 2 / ln 2
  const float series = 1 + s2 * (1 / 3.0F + s2 * (1 / 5.0F + s2 * (1 / 7.0F + s2 * (1 / 9.0F))));
  return exponent + k * s * series;
}

// |x| <= 126. 2^x = 2^n 2^f, |f| <= 1/2, by exp's series in f ln 2, cut after the 6th power: 1e-7.
inline float fast_exp2(float x) {
  constexpr float kRound = 0x1.8p23F;  // adding and taking it away rounds to a whole number
  const float whole = (x + kRound) - kRound;
  const float t = (x - whole) * 0.69314718F;
  const float series =
      1 + t * (1 + t * (1 / 2.0F +
                        t * (1 / 6.0F + t * (1 / 24.0F + t * (1 / 120.0F + t * (1 / 720.0F))))));
  return series * std::bit_cast<float>((static_cast<std::int32_t>(whole) + 127) << 23);
}

// Byte `place` of the four neighbours.
inline int byte_of(std::uint32_t four, int place) {
  return static_cast<int>(four >> (8 * place)) & 255;
}

RADSWEEP_VECTORISED void points(std::size_t n, const RowSource row, double* __restrict x,
                                double* __restrict y) {
  for (std::size_t i = 0; i < n; ++i) {
    const auto c = static_cast<double>(static_cast<std::int32_t>(i));
    const double w = 1 / (row.w1 * c + row.w0);
    x[i] = (row.x1 * c + row.x0) * w;
    y[i] = (row.y1 * c + row.y0) * w;
  }
}

RADSWEEP_VECTORISED void clamp_all(std::size_t n, double low, double high, double* values) {
  for (std::size_t i = 0; i < n; ++i) {
    const double above = values[i] > low ? values[i] : low;
    values[i] = above < high ? above : high;
  }
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
    const int a = byte_of(four, 0), b = byte_of(four, 1), c = byte_of(four, 2),
              d = byte_of(four, 3);
    const float upper = static_cast<float>(a) + u * static_cast<float>(b - a);
    const float lower = static_cast<float>(c) + u * static_cast<float>(d - c);
    out[i] = (upper + v * (lower - upper)) * (1 / 255.0F);
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
  for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<float>(pixels[i]) / 255.0F;
}

RADSWEEP_VECTORISED void bend_all(std::size_t n, float contrast, float shift, float* values) {
  constexpr float kLowest = 1e-7F;          // fastai's clamp of logit's argument
  constexpr float kHighest = 1 - 0x1p-23F;  // 1 - 1e-7 as float32 arithmetic sees it
  for (std::size_t i = 0; i < n; ++i) {
    const float x = std::min(std::max(values[i], kLowest), kHighest);
    const float power = contrast * fast_log2((1 - x) / x) + shift;
    values[i] = 1 / (1 + fast_exp2(std::min(std::max(power, -126.0F), 126.0F)));
  }
}

RADSWEEP_VECTORISED void normalise_all(std::size_t n, const float* __restrict grey,
                                       float* __restrict rgb) {
  for (std::size_t i = 0; i < n; ++i) {
    rgb[3 * i] = (grey[i] - 0.485F) * (1 / 0.229F);
    rgb[3 * i + 1] = (grey[i] - 0.456F) * (1 / 0.224F);
    rgb[3 * i + 2] = (grey[i] - 0.406F) * (1 / 0.225F);
  }
}

}  // namespace

void source_points(const RowSource& row, std::span<double> x, std::span<double> y) {
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
