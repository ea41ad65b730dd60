#include "worker/data/resize_loops.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "tests/support/recipe_hash.h"
#include "worker/data/lanczos_resize.h"

using namespace radsweep;
using data::LanczosWeights;

namespace {

// Around the sizes at which lines are taken together.
constexpr int kSizes[] = {1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 129};

std::vector<std::uint8_t> hash_pixels(int count) {
  std::vector<std::uint8_t> pixels;
  for (int i = 0; i < count; ++i) {
    pixels.push_back(
        static_cast<std::uint8_t>(test::recipe_hash(static_cast<std::uint32_t>(i), 77) >> 24));
  }
  return pixels;
}

// The header's formula; the line's pixels are `step` apart.
std::uint8_t output(const LanczosWeights& pass, int i, const std::uint8_t* line, int step) {
  const auto at = static_cast<std::size_t>(i);
  std::int64_t sum = 1 << 21;
  for (int j = 0; j < pass.count[at]; ++j) {
    sum += std::int64_t{pass.weights[static_cast<std::size_t>(i * pass.taps + j)]} *
           line[(pass.first[at] + j) * step];
  }
  return static_cast<std::uint8_t>(std::clamp<std::int64_t>(sum >> 22, 0, 255));
}

}  // namespace

TEST_CASE("rows and columns of any number and length are filtered by the formula") {
  auto use = data::Instructions::best;
  SUBCASE("with this machine's instructions") {}
  SUBCASE("with loops for every machine") {
    use = data::Instructions::plain;
  }
  for (const int width : kSizes) {
    for (const int height : kSizes) {
      const auto pixels = hash_pixels(width * height);
      for (const int outputs : {1, 16, 50}) {
        CAPTURE(width);
        CAPTURE(height);
        CAPTURE(outputs);
        const LanczosWeights across = data::lanczos_weights(width, outputs),
                             down = data::lanczos_weights(height, outputs);
        std::vector<std::uint8_t> rows(static_cast<std::size_t>(height * outputs)),
            columns(static_cast<std::size_t>(width * outputs)), wanted_rows, wanted_columns;
        data::filter_rows(pixels, width, across, rows, use);
        data::filter_columns(pixels, width, down, columns, use);
        for (int y = 0; y < height; ++y) {
          for (int i = 0; i < outputs; ++i) {
            wanted_rows.push_back(
                output(across, i, &pixels[static_cast<std::size_t>(y * width)], 1));
          }
        }
        for (int i = 0; i < outputs; ++i) {
          for (int x = 0; x < width; ++x) {
            wanted_columns.push_back(output(down, i, &pixels[static_cast<std::size_t>(x)], width));
          }
        }
        CHECK(rows == wanted_rows);
        CHECK(columns == wanted_columns);
      }
    }
  }
}
