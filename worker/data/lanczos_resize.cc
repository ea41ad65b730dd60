#include "worker/data/lanczos_resize.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/error.h"

// The two inner loops are compiled twice and chosen at run time: AVX2 multiplies eight weights at
// once, plain x86-64 has no 32-bit multiply of vectors. Integers, so the result is the same.
// Sanitizers cannot run the chooser, which is called before they are set up.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define RADSWEEP_VECTOR_CLONES [[gnu::target_clones("avx2", "default")]]
#else
#define RADSWEEP_VECTOR_CLONES
#endif

namespace radsweep::data {
namespace {

constexpr int kFractionBits = 22;
constexpr std::int32_t kHalf = 1 << (kFractionBits - 1);
constexpr double kLobes = 3;

double sinc(double t) {
  if (t == 0) return 1;
  const double x = t * std::numbers::pi;
  return std::sin(x) / x;
}

double lanczos(double t) {
  return -kLobes <= t && t < kLobes ? sinc(t) * sinc(t / kLobes) : 0;
}

std::uint8_t to_pixel(std::int32_t sum) {
  return static_cast<std::uint8_t>(std::clamp(sum >> kFractionBits, 0, 255));
}

RADSWEEP_VECTOR_CLONES
std::int32_t weighted_sum(const std::uint8_t* pixels, const std::int32_t* weights, int count) {
  std::int32_t sum = 0;
  for (int j = 0; j < count; ++j) sum += weights[j] * pixels[j];
  return sum;
}

RADSWEEP_VECTOR_CLONES
void add_weighted_row(std::int32_t* sums, const std::uint8_t* row, std::int32_t weight, int width) {
  for (int x = 0; x < width; ++x) sums[x] += weight * row[x];
}

std::vector<std::uint8_t> horizontal_pass(std::span<const std::uint8_t> pixels, int width,
                                          int height, int out_width) {
  const LanczosWeights pass = lanczos_weights(width, out_width);
  std::vector<std::uint8_t> out(static_cast<std::size_t>(out_width) *
                                static_cast<std::size_t>(height));
  std::uint8_t* next = out.data();
  for (int y = 0; y < height; ++y) {
    const std::uint8_t* row = pixels.data() + static_cast<std::ptrdiff_t>(y) * width;
    const std::int32_t* weights = pass.weights.data();
    for (std::size_t x = 0; x < pass.first.size(); ++x, weights += pass.taps) {
      *next++ = to_pixel(kHalf + weighted_sum(row + pass.first[x], weights, pass.count[x]));
    }
  }
  return out;
}

std::vector<std::uint8_t> vertical_pass(std::span<const std::uint8_t> pixels, int width, int height,
                                        int out_height) {
  const LanczosWeights pass = lanczos_weights(height, out_height);
  std::vector<std::uint8_t> out(static_cast<std::size_t>(width) *
                                static_cast<std::size_t>(out_height));
  std::vector<std::int32_t> sums(static_cast<std::size_t>(width));
  std::uint8_t* next = out.data();
  const std::int32_t* weights = pass.weights.data();
  for (std::size_t y = 0; y < pass.first.size(); ++y, weights += pass.taps) {
    std::ranges::fill(sums, kHalf);
    const std::uint8_t* row = pixels.data() + static_cast<std::ptrdiff_t>(pass.first[y]) * width;
    for (int j = 0; j < pass.count[y]; ++j, row += width) {
      add_weighted_row(sums.data(), row, weights[j], width);
    }
    for (const std::int32_t sum : sums) *next++ = to_pixel(sum);
  }
  return out;
}

}  // namespace

LanczosWeights lanczos_weights(int size_in, int size_out) {
  ensure(size_in >= 1 && size_out >= 1, "an image side below one pixel");
  const double scale = static_cast<double>(size_in) / size_out;
  const double stretch = std::max(scale, 1.0);
  const double inverse_stretch = 1.0 / stretch;  // multiplied with: Pillow's rounding
  const double support = kLobes * stretch;

  LanczosWeights pass;
  pass.taps = static_cast<int>(std::ceil(support)) * 2 + 1;
  pass.weights.assign(static_cast<std::size_t>(pass.taps) * static_cast<std::size_t>(size_out), 0);
  std::vector<double> exact(static_cast<std::size_t>(pass.taps));
  for (int i = 0; i < size_out; ++i) {
    const double centre = (i + 0.5) * scale;
    const int first = std::max(0, static_cast<int>(centre - support + 0.5));
    const int end = std::min(size_in, static_cast<int>(centre + support + 0.5));
    const auto count = static_cast<std::size_t>(end - first);
    double total = 0;
    for (std::size_t j = 0; j < count; ++j) {
      exact[j] = lanczos((first + static_cast<int>(j) - centre + 0.5) * inverse_stretch);
      total += exact[j];
    }
    std::int32_t* weights = pass.weights.data() + static_cast<std::ptrdiff_t>(i) * pass.taps;
    for (std::size_t j = 0; j < count; ++j) {
      const double weight = exact[j] / total * (1 << kFractionBits);
      weights[j] = static_cast<std::int32_t>(weight + (weight < 0 ? -0.5 : 0.5));
    }
    pass.first.push_back(first);
    pass.count.push_back(end - first);
  }
  return pass;
}

std::vector<std::uint8_t> lanczos_resize(std::span<const std::uint8_t> pixels, int width,
                                         int height, int out_width, int out_height) {
  ensure(width >= 1 && height >= 1 &&
             pixels.size() == static_cast<std::size_t>(width) * static_cast<std::size_t>(height),
         "an image whose pixels do not fill its sides");
  std::vector<std::uint8_t> narrow;
  if (out_width != width) {
    narrow = horizontal_pass(pixels, width, height, out_width);
    pixels = narrow;
  }
  if (out_height != height) return vertical_pass(pixels, out_width, height, out_height);
  return out_width != width ? std::move(narrow)
                            : std::vector<std::uint8_t>(pixels.begin(), pixels.end());
}

}  // namespace radsweep::data
