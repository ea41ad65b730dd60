#include "worker/data/lanczos_resize.h"

#include <doctest/doctest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "base/error.h"
#include "base/hash.h"
#include "tests/support/recipe_hash.h"

using namespace radsweep;
using data::lanczos_resize;
using data::lanczos_weights;

namespace {

std::vector<std::uint8_t> hash_image(int width, int height) {
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(width) *
                                   static_cast<std::size_t>(height));
  for (std::uint32_t i = 0; i < pixels.size(); ++i) {
    pixels[i] = static_cast<std::uint8_t>(test::recipe_hash(i, 4242) >> 24);
  }
  return pixels;
}

std::uint32_t crc_of(const std::vector<std::uint8_t>& pixels) {
  return crc32_of({reinterpret_cast<const char*>(pixels.data()), pixels.size()});
}

std::vector<int> weights_of(const data::LanczosWeights& pass, int output) {
  const auto begin = pass.weights.begin() + static_cast<std::ptrdiff_t>(output) * pass.taps;
  return {begin, begin + pass.count[static_cast<std::size_t>(output)]};
}

}  // namespace

TEST_CASE("lanczos_resize equals Pillow in every bit") {
  std::ifstream golden(GOLDEN_DIR "/lanczos.txt");
  std::string line;
  std::getline(golden, line);
  REQUIRE(line.starts_with("# Pillow"));
  std::map<std::pair<int, int>, std::vector<std::uint8_t>> images;
  int cases = 0;
  while (std::getline(golden, line)) {
    CAPTURE(line);
    std::istringstream fields(line);
    int width, height, out_width, out_height;
    std::uint32_t crc_in, crc_out;
    fields >> width >> height >> out_width >> out_height >> std::hex >> crc_in >> crc_out;
    REQUIRE(fields);
    auto& image = images[{width, height}];
    if (image.empty()) image = hash_image(width, height);
    CHECK(crc_of(image) == crc_in);
    CHECK(crc_of(lanczos_resize(image, width, height, out_width, out_height)) == crc_out);
    ++cases;
  }
  CHECK(cases == 17);
}

TEST_CASE("a row of seven pixels resizes to Pillow's values with Pillow's weights") {
  const std::vector<std::uint8_t> row = {0, 10, 200, 255, 30, 77, 128};
  CHECK(lanczos_resize(row, 7, 1, 3, 1) == std::vector<std::uint8_t>{50, 171, 78});
  CHECK(lanczos_resize(row, 7, 1, 12, 1) ==
        std::vector<std::uint8_t>{5, 0, 5, 106, 224, 255, 195, 50, 16, 82, 119, 132});
  CHECK(lanczos_resize(row, 1, 7, 1, 3) == std::vector<std::uint8_t>{50, 171, 78});

  const auto down = lanczos_weights(7, 3);
  CHECK(down.first == std::vector<int>{0, 0, 0});
  CHECK(weights_of(down, 0) ==
        std::vector<int>{1648661, 1850544, 982255, 0, -278210, -68390, 59444});
  CHECK(weights_of(down, 1) ==
        std::vector<int>{-244898, 245227, 1223174, 1747299, 1223174, 245227, -244898});
  CHECK(weights_of(down, 2) ==
        std::vector<int>{59444, -68390, -278210, 0, 982255, 1850544, 1648661});
  CHECK(weights_of(lanczos_weights(7, 12), 0) == std::vector<int>{4663809, -610896, 141391});
}

TEST_CASE("lanczos_resize of an image to its own size is a copy") {
  const auto image = hash_image(9, 4);
  CHECK(lanczos_resize(image, 9, 4, 9, 4) == image);
}

TEST_CASE("lanczos_resize refuses sides below one pixel") {
  const std::vector<std::uint8_t> row = {1, 2};
  for (const int side : {0, -1}) {
    CHECK_THROWS_AS(lanczos_resize(row, 2, 1, side, 1), Error);
    CHECK_THROWS_AS(lanczos_resize(row, 2, 1, 1, side), Error);
  }
}
