#include "worker/data/augment.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/error.h"
#include "worker/data/geometry.h"
#include "worker/data/lighting.h"
#include "worker/data/pixel_loops.h"

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

// Rows of an augmented image.
class RowMaker {
 public:
  RowMaker(std::span<const std::uint8_t> image, int height, int width, const AugmentDraw& draw,
           const std::string& pad_mode)
      : image_(image), height_(height), width_(width), outside_(outside_of(pad_mode)), draw_(draw) {
    if (keeps_geometry(draw)) return;
    source_ = source_of_pixel(draw, height, width);
    const auto w = static_cast<std::size_t>(width);
    neighbours_.resize((w + 2) * (static_cast<std::size_t>(height) + 2));
    gather_neighbours(image, height, width, neighbours_);
    x_.resize(w);
    y_.resize(w);
  }

  void make(std::size_t row, std::span<float> grey) {
    if (neighbours_.empty()) {
      scale_bytes(image_.subspan(row * grey.size(), grey.size()), grey);
    } else {
      const Matrix3& m = source_;
      const auto r = static_cast<double>(row);
      source_points({m[0][1] * r + m[0][2], m[0][0], m[1][1] * r + m[1][2], m[1][0],
                     m[2][1] * r + m[2][2], m[2][0]},
                    x_, y_);
      bring_inside(x_, width_);
      bring_inside(y_, height_);
      interpolate({neighbours_, width_}, x_, y_, grey);
    }
    change_lighting(draw_, grey);
  }

 private:
  // To where there are pixels, or the black frame around them.
  void bring_inside(std::span<double> values, int size) const {
    if (outside_ == Outside::zeros) return clamp_coordinates(-1, size, values);
    if (outside_ == Outside::reflection) {
      for (double& value : values) value = reflected(value, size);
    }
    clamp_coordinates(0, size - 1, values);
  }

  std::span<const std::uint8_t> image_;
  int height_, width_;
  Outside outside_;
  AugmentDraw draw_;
  Matrix3 source_{};
  std::vector<std::uint32_t> neighbours_;  // empty: no pixel moves
  std::vector<double> x_, y_;              // of a row
};

std::size_t pixels_of(std::span<const std::uint8_t> image, int height, int width) {
  ensure(height > 0 && width > 0 &&
             image.size() == static_cast<std::size_t>(height) * static_cast<std::size_t>(width),
         "an image to augment has height * width pixels");
  return image.size();
}

}  // namespace

void augment_image(std::span<const std::uint8_t> image, int height, int width,
                   const AugmentDraw& draw, const std::string& pad_mode, std::span<float> grey) {
  ensure(grey.size() == pixels_of(image, height, width), "a float for every pixel");
  RowMaker rows(image, height, width, draw, pad_mode);
  const auto size = static_cast<std::size_t>(width);
  for (std::size_t row = 0; row < static_cast<std::size_t>(height); ++row) {
    rows.make(row, grey.subspan(row * size, size));
  }
}

void augment_to_rgb(std::span<const std::uint8_t> image, int height, int width,
                    const AugmentDraw& draw, const std::string& pad_mode, std::span<float> rgb) {
  ensure(rgb.size() == 3 * pixels_of(image, height, width), "three floats for every pixel");
  RowMaker rows(image, height, width, draw, pad_mode);
  std::vector<float> grey(static_cast<std::size_t>(width));  // a row: it never leaves the cache
  for (std::size_t row = 0; row < static_cast<std::size_t>(height); ++row) {
    rows.make(row, grey);
    normalise(grey, rgb.subspan(3 * row * grey.size(), 3 * grey.size()));
  }
}

}  // namespace radsweep::data
