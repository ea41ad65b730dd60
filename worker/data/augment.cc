#include "worker/data/augment.h"

#include <vector>

#include "base/error.h"
#include "worker/data/geometry.h"
#include "worker/data/lighting.h"
#include "worker/data/pixel_loops.h"

namespace radsweep::data {
namespace {

using pixel::Outside;

Outside outside_of(const std::string& pad_mode) {
  if (pad_mode == "zeros") return Outside::zeros;
  if (pad_mode == "border") return Outside::border;
  if (pad_mode == "reflection") return Outside::reflection;
  throw Error(ExitCode::usage, "augment", "an image", "unknown pad_mode '" + pad_mode + "'",
              "zeros, border or reflection");
}

// Rows of an augmented image.
class RowMaker {
 public:
  RowMaker(std::span<const std::uint8_t> image, int height, int width, const pixel::Change& change)
      : image_(image), height_(height), width_(width), change_(change) {
    if (!change.moves) return;
    const auto w = static_cast<std::size_t>(width);
    neighbours_.resize((w + 2) * (static_cast<std::size_t>(height) + 2));
    gather_neighbours(image, height, width, neighbours_);
    x_.resize(w);
    y_.resize(w);
  }

  void make(std::size_t row, std::span<float> grey) {
    if (change_.moves) {
      source_points(pixel::row_source(change_, static_cast<int>(row)), x_, y_);
      bring_inside(x_, width_);
      bring_inside(y_, height_);
      interpolate({neighbours_, width_}, x_, y_, grey);
    } else {
      scale_bytes(image_.subspan(row * grey.size(), grey.size()), grey);
    }
    if (change_.bends) bend_logits(change_.contrast, change_.shift, grey);
  }

 private:
  // pixel::inside for all; two of the three in vectors.
  void bring_inside(std::span<double> values, int size) const {
    if (change_.outside == Outside::zeros) return clamp_coordinates(-1, size, values);
    if (change_.outside == Outside::border) return clamp_coordinates(0, size - 1, values);
    for (double& value : values) value = pixel::inside(value, size, change_.outside);
  }

  std::span<const std::uint8_t> image_;
  int height_, width_;
  pixel::Change change_;
  std::vector<std::uint32_t> neighbours_;
  std::vector<double> x_, y_;  // of a row
};

std::size_t pixels_of(std::span<const std::uint8_t> image, int height, int width) {
  ensure(height > 0 && width > 0 &&
             image.size() == static_cast<std::size_t>(height) * static_cast<std::size_t>(width),
         "an image to augment has height * width pixels");
  return image.size();
}

}  // namespace

pixel::Change change_of(const AugmentDraw& draw, int height, int width,
                        const std::string& pad_mode) {
  const Matrix3 m = source_of_pixel(draw, height, width);
  return {{m[0][0], m[0][1], m[0][2], m[1][0], m[1][1], m[1][2], m[2][0], m[2][1], m[2][2]},
          static_cast<float>(draw.contrast),
          static_cast<float>(logit_shift(draw)),
          outside_of(pad_mode),
          !keeps_geometry(draw),
          !keeps_lighting(draw)};
}

void augment_image(std::span<const std::uint8_t> image, int height, int width,
                   const AugmentDraw& draw, const std::string& pad_mode, std::span<float> grey) {
  ensure(grey.size() == pixels_of(image, height, width), "a float for every pixel");
  RowMaker rows(image, height, width, change_of(draw, height, width, pad_mode));
  const auto size = static_cast<std::size_t>(width);
  for (std::size_t row = 0; row < static_cast<std::size_t>(height); ++row) {
    rows.make(row, grey.subspan(row * size, size));
  }
}

void augment_to_rgb(std::span<const std::uint8_t> image, int height, int width,
                    const AugmentDraw& draw, const std::string& pad_mode, std::span<float> rgb) {
  ensure(rgb.size() == 3 * pixels_of(image, height, width), "three floats for every pixel");
  RowMaker rows(image, height, width, change_of(draw, height, width, pad_mode));
  std::vector<float> grey(static_cast<std::size_t>(width));  // a row: it never leaves the cache
  for (std::size_t row = 0; row < static_cast<std::size_t>(height); ++row) {
    rows.make(row, grey);
    normalise(grey, rgb.subspan(3 * row * grey.size(), 3 * grey.size()));
  }
}

}  // namespace radsweep::data
