// What one pixel of an augmented image becomes. The loops of worker/data and the CUDA kernel of
// worker/kernels share these formulas, so processors and GPUs make the same bits; whoever compiles
// them switches fused multiply-adds off. Here because base/ is all that both may include; NVRTC has
// no headers, hence few are used.
#pragma once

#ifdef __CUDACC__
#define RADSWEEP_PIXEL __device__ inline
#else
#include <math.h>
#define RADSWEEP_PIXEL inline
#endif

namespace radsweep::pixel {

enum class Outside : int { zeros, border, reflection };  // what lies around an image

// How one image is augmented.
struct Change {
  // Rows of the matrix from pixel (column, row, 1) of the result to (column * w, row * w, w) of the
  // image; of no meaning when no pixel moves.
  double source[9];
  float contrast, shift;  // of logits, see bent(); of no meaning when no value bends
  Outside outside;
  bool moves, bends;
};

// Points of a row: column i comes from ((x0 + x1 i) / w, (y0 + y1 i) / w) with w = w0 + w1 i.
struct RowSource {
  double x0, x1, y0, y1, w0, w1;
};
struct Point {
  double x, y;  // column and row
};

RADSWEEP_PIXEL RowSource row_source(const Change& change, int row) {
  const double* m = change.source;
  return {m[1] * row + m[2], m[0], m[4] * row + m[5], m[3], m[7] * row + m[8], m[6]};
}

RADSWEEP_PIXEL Point source_of(const RowSource& row, int column) {
  const double w = 1 / (row.w1 * column + row.w0);
  return {(row.x1 * column + row.x0) * w, (row.y1 * column + row.y0) * w};
}

// Into [low, high]; what is not a number becomes `low`.
RADSWEEP_PIXEL double clamped(double x, double low, double high) {
  const double above = x > low ? x : low;
  return above < high ? above : high;
}

// Reflects a coordinate at the centres of the first and the last pixel, as often as needed.
RADSWEEP_PIXEL double reflected(double x, int size) {
  if (size == 1) return 0;
  const double last = size - 1;
  const double folded = fmod(fabs(x), 2 * last);
  return folded > last ? 2 * last - folded : folded;
}

// To where there are pixels, or the black frame around them.
RADSWEEP_PIXEL double inside(double x, int size, Outside outside) {
  if (outside == Outside::zeros) return clamped(x, -1, size);
  return clamped(outside == Outside::reflection ? reflected(x, size) : x, 0, size - 1);
}

RADSWEEP_PIXEL float scaled(unsigned char pixel) {
  return static_cast<float>(pixel) / 255.0F;
}

// Between four pixels, 0..1: a, b side by side, c, d below them; u of the way to the right and v
// downwards.
RADSWEEP_PIXEL float blended(int a, int b, int c, int d, float u, float v) {
  const float upper = static_cast<float>(a) + u * static_cast<float>(b - a);
  const float lower = static_cast<float>(c) + u * static_cast<float>(d - c);
  return (upper + v * (lower - upper)) * (1 / 255.0F);
}

// log2 and exp2 without branches or calls, so that a compiler can vectorise their loop.

// Positive normal x. m in [sqrt(1/2), sqrt(2)): ln m = 2 artanh((m-1)/(m+1)), whose series is cut
// after the 9th power: 7e-10.
RADSWEEP_PIXEL float fast_log2(float x) {
  constexpr unsigned kSqrtHalf = 0x3f3504f3;  // bits of sqrt(1/2)
  const unsigned bits = __builtin_bit_cast(unsigned, x) - kSqrtHalf;
  const float exponent = static_cast<float>(static_cast<int>(bits) >> 23);
  const float m = __builtin_bit_cast(float, (bits & 0x7fffff) + kSqrtHalf);
  const float s = (m - 1) / (m + 1), s2 = s * s;
  constexpr float k = 2.8853900817779268F;  // 2 / ln 2
  const float series = 1 + s2 * (1 / 3.0F + s2 * (1 / 5.0F + s2 * (1 / 7.0F + s2 * (1 / 9.0F))));
  return exponent + k * s * series;
}

// |x| <= 126. 2^x = 2^n 2^f, |f| <= 1/2, by exp's series in f ln 2, cut after the 6th power: 1e-7.
RADSWEEP_PIXEL float fast_exp2(float x) {
  constexpr float kRound = 0x1.8p23F;  // adding and taking it away rounds to a whole number
  const float whole = (x + kRound) - kRound;
  const float t = (x - whole) * 0.69314718F;
  const float series =
      1 + t * (1 + t * (1 / 2.0F +
                        t * (1 / 6.0F + t * (1 / 24.0F + t * (1 / 120.0F + t * (1 / 720.0F))))));
  return series * __builtin_bit_cast(float, (static_cast<int>(whole) + 127) << 23);
}

// sigma(contrast logit(x) - shift ln 2) = 1 / (1 + ((1 - x) / x)^contrast 2^shift), with x clamped
// to [1e-7, 1 - 2^-23].
RADSWEEP_PIXEL float bent(float x, float contrast, float shift) {
  constexpr float kLowest = 1e-7F;          // fastai's clamp of logit's argument
  constexpr float kHighest = 1 - 0x1p-23F;  // 1 - 1e-7 as float32 arithmetic sees it
  const float raised = x < kLowest ? kLowest : x;
  const float y = kHighest < raised ? kHighest : raised;
  const float power = contrast * fast_log2((1 - y) / y) + shift;
  const float above = power < -126.0F ? -126.0F : power;
  return 1 / (1 + fast_exp2(126.0F < above ? 126.0F : above));
}

// (grey - mean) / std for ImageNet's channels: red, green, blue.
RADSWEEP_PIXEL float red_of(float grey) {
  return (grey - 0.485F) * (1 / 0.229F);
}
RADSWEEP_PIXEL float green_of(float grey) {
  return (grey - 0.456F) * (1 / 0.224F);
}
RADSWEEP_PIXEL float blue_of(float grey) {
  return (grey - 0.406F) * (1 / 0.225F);
}

}  // namespace radsweep::pixel
