#include "worker/data/geometry.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace radsweep::data {
namespace {

Matrix3 product(const Matrix3& a, const Matrix3& b) {
  Matrix3 c{};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      for (std::size_t k = 0; k < 3; ++k) c[i][j] += a[i][k] * b[k][j];
    }
  }
  return c;
}

}  // namespace

Matrix3 affine_matrix(const AugmentDraw& draw, int height, int width) {
  const double angle = draw.rotate_deg * std::numbers::pi / 180;
  const double c = std::cos(angle), s = std::sin(angle);
  const double shrink = 1 / draw.zoom;
  const Matrix3 flip{{{draw.flip ? -1.0 : 1.0, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
  const Matrix3 rotate{{{c, s, 0}, {-s, c, 0}, {0, 0, 1}}};
  const Matrix3 zoom{{{shrink, 0, (1 - shrink) * (2 * draw.zoom_x - 1)},
                      {0, shrink, (1 - shrink) * (2 * draw.zoom_y - 1)},
                      {0, 0, 1}}};
  Matrix3 m = product(product(flip, rotate), zoom);
  m[0][1] *= static_cast<double>(height) / width;
  m[1][0] *= static_cast<double>(width) / height;
  return m;
}

Matrix3 warp_matrix(const AugmentDraw& draw) {
  const double x = draw.warp_x, y = draw.warp_y;
  const double q = 1 - x * x - y * y;
  const double k = 2 * x * y / q;
  const double g = x * (x * x - y * y - 1) / q;
  const double h = y * (y * y - x * x - 1) / q;
  return {{{1, k, g}, {k, 1, h}, {g, h, 1}}};
}

Matrix3 source_of_pixel(const AugmentDraw& draw, int height, int width) {
  const double half_w = (width - 1) / 2.0, half_h = (height - 1) / 2.0;
  // a side of one pixel has no extent: any scale does, the way back multiplies by zero
  const double x = 1 / std::max(half_w, 0.5), y = 1 / std::max(half_h, 0.5);
  const Matrix3 to_unit{{{x, 0, -1}, {0, y, -1}, {0, 0, 1}}};
  const Matrix3 to_pixel{{{half_w, 0, half_w}, {0, half_h, half_h}, {0, 0, 1}}};
  const Matrix3 unit = product(warp_matrix(draw), affine_matrix(draw, height, width));
  return product(product(to_pixel, unit), to_unit);
}

bool keeps_geometry(const AugmentDraw& draw) {
  return !draw.flip && draw.rotate_deg == 0 && draw.zoom == 1 && draw.warp_x == 0 &&
         draw.warp_y == 0;
}

}  // namespace radsweep::data
