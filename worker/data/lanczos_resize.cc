#include "worker/data/lanczos_resize.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <utility>

#include "base/error.h"
#include "worker/data/resize_loops.h"

namespace radsweep::data {
namespace {

constexpr double kLobes = 3;

double sinc(double t) {
  if (t == 0) return 1;
  const double x = t * std::numbers::pi;
  return std::sin(x) / x;
}

double lanczos(double t) {
  return -kLobes <= t && t < kLobes ? sinc(t) * sinc(t / kLobes) : 0;
}

// Images of a data set come in few sizes, and sines take long: each thread keeps what it computed.
const LanczosWeights& pass_between(int size_in, int size_out) {
  constexpr std::size_t kMostKept = 512;  // some 30 MB of full radiographs'
  thread_local std::map<std::pair<int, int>, LanczosWeights> kept;
  const std::pair sizes(size_in, size_out);
  const auto found = kept.find(sizes);
  if (found != kept.end()) return found->second;
  if (kept.size() == kMostKept) kept.clear();
  return kept.emplace(sizes, lanczos_weights(size_in, size_out)).first->second;
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
  ensure(out_width >= 1 && out_height >= 1, "an image side below one pixel");
  ensure(width >= 1 && height >= 1 &&
             pixels.size() == static_cast<std::size_t>(width) * static_cast<std::size_t>(height),
         "an image whose pixels do not fill its sides");
  const auto sized = [](int columns, int rows) {
    return std::vector<std::uint8_t>(static_cast<std::size_t>(columns) *
                                     static_cast<std::size_t>(rows));
  };
  std::vector<std::uint8_t> narrow;
  if (out_width != width) {
    narrow = sized(out_width, height);
    filter_rows(pixels, width, pass_between(width, out_width), narrow);
    pixels = narrow;
  }
  if (out_height != height) {
    std::vector<std::uint8_t> low = sized(out_width, out_height);
    filter_columns(pixels, out_width, pass_between(height, out_height), low);
    return low;
  }
  return out_width != width ? std::move(narrow)
                            : std::vector<std::uint8_t>(pixels.begin(), pixels.end());
}

}  // namespace radsweep::data
