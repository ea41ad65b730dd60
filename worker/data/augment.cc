#include "worker/data/augment.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "base/error.h"
#include "worker/data/geometry.h"
#include "worker/data/lighting.h"

namespace radsweep::data {
namespace {

enum class Outside { zeros, border, reflection };

Outside outside_of(const std::string& pad_mode) {
  if (pad_mode == "zeros") return Outside::zeros;
  if (pad_mode == "border") return Outside::border;
  if (pad_mode == "reflection") return Outside::reflection;
  throw Error(ExitCode::usage, "augment", "an image", "unknown pad_mode '" + pad_mode + "'",
              "zeros, border or reflection");
}

// Reflects a coordinate at the centres of the first and the last pixel, as often as needed.
double reflected(double x, int size) {
  if (size == 1) return 0;
  const double last = size - 1;
  const double folded = std::fmod(std::abs(x), 2 * last);
  return folded > last ? 2 * last - folded : folded;
}

// Bilinear look-up in a uint8 image; coordinates in pixels, whole numbers at pixel centres.
class Sampler {
 public:
  Sampler(std::span<const std::uint8_t> image, int height, int width, Outside outside)
      : image_(image), height_(height), width_(width), outside_(outside) {}

  // 0..255
  float at(double x, double y) const {
    if (outside_ != Outside::zeros) {
      x = inside(x, width_);
      y = inside(y, height_);
    }
    if (x >= 0 && y >= 0 && x < width_ - 1 && y < height_ - 1) return within(x, y);
    if (x > -1 && y > -1 && x < width_ && y < height_) return at_the_edge(x, y);
    return 0;
  }

 private:
  double inside(double x, int size) const {
    if (outside_ == Outside::reflection) return reflected(x, size);
    return std::clamp(x, 0.0, static_cast<double>(size - 1));
  }

  float within(double x, double y) const {
    const int column = static_cast<int>(x), row = static_cast<int>(y);
    const auto u = static_cast<float>(x - column), v = static_cast<float>(y - row);
    const std::uint8_t* top = image_.data() + static_cast<std::ptrdiff_t>(row) * width_ + column;
    const std::uint8_t* below = top + width_;
    const float upper = blend(top[0], top[1], u), lower = blend(below[0], below[1], u);
    return upper + v * (lower - upper);
  }
  static float blend(std::uint8_t a, std::uint8_t b, float share) {
    return static_cast<float>(a) + share * static_cast<float>(b - a);
  }

  // Neighbours outside the image count as black.
  float at_the_edge(double x, double y) const {
    const int column = static_cast<int>(std::floor(x)), row = static_cast<int>(std::floor(y));
    const auto u = static_cast<float>(x - column), v = static_cast<float>(y - row);
    return (1 - v) * ((1 - u) * pixel(row, column) + u * pixel(row, column + 1)) +
           v * ((1 - u) * pixel(row + 1, column) + u * pixel(row + 1, column + 1));
  }
  float pixel(int row, int column) const {
    if (row < 0 || column < 0 || row >= height_ || column >= width_) return 0;
    return image_[static_cast<std::size_t>(row) * static_cast<std::size_t>(width_) +
                  static_cast<std::size_t>(column)];
  }

  std::span<const std::uint8_t> image_;
  int height_, width_;
  Outside outside_;
};

void resample_row(const Sampler& sampler, const Matrix3& m, int row, std::span<float> out) {
  const double x0 = m[0][1] * row + m[0][2], y0 = m[1][1] * row + m[1][2];
  const double w0 = m[2][1] * row + m[2][2];
  for (std::size_t column = 0; column < out.size(); ++column) {
    const auto c = static_cast<double>(column);
    const double w = 1 / (m[2][0] * c + w0);
    out[column] = sampler.at((m[0][0] * c + x0) * w, (m[1][0] * c + y0) * w) * (1 / 255.0F);
  }
}

}  // namespace

void augment_image(std::span<const std::uint8_t> image, int height, int width,
                   const AugmentDraw& draw, const std::string& pad_mode, std::span<float> out) {
  const auto row_size = static_cast<std::size_t>(width);
  ensure(height > 0 && width > 0 && image.size() == row_size * static_cast<std::size_t>(height) &&
             out.size() == image.size(),
         "augment_image needs height * width pixels and floats");
  const Outside outside = outside_of(pad_mode);
  if (keeps_geometry(draw)) {
    std::ranges::transform(image, out.begin(),
                           [](std::uint8_t pixel) { return static_cast<float>(pixel) / 255.0F; });
    change_lighting(draw, out);
    return;
  }
  const Matrix3 source = source_of_pixel(draw, height, width);
  const Sampler sampler(image, height, width, outside);
  for (int row = 0; row < height; ++row) {
    const auto line = out.subspan(static_cast<std::size_t>(row) * row_size, row_size);
    resample_row(sampler, source, row, line);
    change_lighting(draw, line);  // row by row: the values are still in the cache
  }
}

void normalise_to_rgb(std::span<const float> grey, std::span<float> rgb) {
  static constexpr std::array<float, 3> kMean = {0.485F, 0.456F, 0.406F};
  static constexpr std::array<float, 3> kStd = {0.229F, 0.224F, 0.225F};
  ensure(rgb.size() == 3 * grey.size(), "normalise_to_rgb needs three values per grey value");
  for (std::size_t channel = 0; channel < 3; ++channel) {
    const float mean = kMean[channel], scale = 1 / kStd[channel];
    const auto plane = rgb.subspan(channel * grey.size(), grey.size());
    for (std::size_t i = 0; i < grey.size(); ++i) plane[i] = (grey[i] - mean) * scale;
  }
}

}  // namespace radsweep::data
