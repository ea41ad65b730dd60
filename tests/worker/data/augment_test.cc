#include "worker/data/augment.h"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "base/error.h"
#include "tests/support/recipe_hash.h"
#include "worker/data/geometry.h"
#include "worker/data/lighting.h"

using namespace radsweep;
using data::AugmentDraw;

// Of the generator that all golden values are made with (tests/golden/recipe_hash.py).
TEST_CASE("recipe_uniform has the values that the golden scripts start from") {
  const double of_0[] = {0.40688223, 0.45709221, 0.13094621, 0.85225937};
  const double of_777777[] = {0.05255124, 0.67363936, 0.35880299};
  for (std::uint32_t i = 0; i < 4; ++i) {
    CHECK(std::abs(test::recipe_uniform(i, 0) - of_0[i]) < 5e-9);
  }
  for (std::uint32_t i = 0; i < 3; ++i) {
    CHECK(std::abs(test::recipe_uniform(i, 777'777) - of_777777[i]) < 5e-9);
  }
}

namespace {

std::vector<std::uint8_t> hash_image(int height, int width, std::uint32_t first = 0) {
  std::vector<std::uint8_t> pixels;
  for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(height * width); ++i) {
    pixels.push_back(static_cast<std::uint8_t>(test::recipe_hash(first + i, 99) >> 24));
  }
  return pixels;
}

std::vector<float> augmented(const std::vector<std::uint8_t>& image, int height, int width,
                             const AugmentDraw& draw, const std::string& pad_mode = "zeros") {
  std::vector<float> out(image.size());
  data::augment_image(image, height, width, draw, pad_mode, out);
  return out;
}

AugmentDraw geometry_only(AugmentDraw draw) {
  draw.brightness = 0.5;
  draw.contrast = 1;
  return draw;
}

// tests/golden/make_augment.py: what fastai 2.1.10 makes of two images of 6 x 8.
struct Golden {
  AugmentDraw draw;
  std::array<double, 3> row0, row1;  // of the affine matrix
  double k, g, h;                    // of the warp
  std::array<float, 8> moved;        // first row after geometry
  std::array<float, 8> lit;          // ... and lighting
};

Golden golden(int image) {
  if (image == 0) {
    return {
        {.rotate_deg = 10, .warp_x = .1, .warp_y = .03, .brightness = .58, .contrast = 1.2},
        {0.98480773, 0.13023615, 0},
        {-0.23153093, 0.98480773, 0},
        0.006066121,
        -0.100181984,
        -0.030606612,
        {0.141499F, 0.569255F, 0.737048F, 0.572518F, 0.337992F, 0.070849F, 0.094374F, 0.079887F},
        {0.14478F, 0.673026F, 0.835366F, 0.676533F, 0.396665F, 0.062907F, 0.088968F, 0.072741F}};
  }
  return {{.rotate_deg = -25, .warp_x = -.05, .warp_y = .1, .brightness = .42, .contrast = .85},
          {0.90630782, -0.31696370, 0},
          {0.56349105, 0.90630782, 0},
          -0.010126582,
          0.051012658,
          -0.100506329,
          {0.00022F, 0.148436F, 0.223462F, 0.208448F, 0.468512F, 0.835575F, 0.914761F, 0.371256F},
          {0.000592F, 0.146885F, 0.208644F, 0.196468F, 0.405751F, 0.751655F, 0.85105F, 0.326917F}};
}

}  // namespace

TEST_CASE("the matrices of the geometry are fastai's") {
  for (const int image : {0, 1}) {
    CAPTURE(image);
    const Golden expected = golden(image);
    const auto affine = data::affine_matrix(expected.draw, 6, 8);
    const auto warp = data::warp_matrix(expected.draw);
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK(std::abs(affine[0][i] - expected.row0[i]) < 1e-7);
      CHECK(std::abs(affine[1][i] - expected.row1[i]) < 1e-7);
    }
    CHECK(std::abs(warp[0][1] - expected.k) < 1e-9);
    CHECK(std::abs(warp[2][0] - expected.g) < 1e-9);
    CHECK(std::abs(warp[2][1] - expected.h) < 1e-9);
  }
}

TEST_CASE("augment_image gives fastai's pixels after geometry and after lighting") {
  for (const int number : {0, 1}) {
    CAPTURE(number);
    const Golden expected = golden(number);
    const auto image = hash_image(6, 8, static_cast<std::uint32_t>(48 * number));
    const auto moved = augmented(image, 6, 8, geometry_only(expected.draw));
    const auto lit = augmented(image, 6, 8, expected.draw);
    for (std::size_t i = 0; i < 8; ++i) {
      CHECK(std::abs(moved[i] - expected.moved[i]) < 1e-5);  // fastai works in float32
      CHECK(std::abs(lit[i] - expected.lit[i]) < 1e-5);
    }
  }
  CHECK(hash_image(6, 8)[0] / 255.0 == doctest::Approx(0.68235).epsilon(1e-5));
  CHECK(hash_image(6, 8)[1] / 255.0 == doctest::Approx(0.85882).epsilon(1e-5));
  CHECK(hash_image(6, 8)[2] / 255.0 == doctest::Approx(0.66275).epsilon(1e-5));
}

TEST_CASE("a pixel rotated in as black stays black but for lighting's floor, as in fastai") {
  const auto image = hash_image(6, 8, 48);
  CHECK(augmented(image, 6, 8, geometry_only(golden(1).draw)).back() == 0);
  const float lit = augmented(image, 6, 8, golden(1).draw).back();
  CHECK(lit > 0.5e-6F);  // fastai prints it as 1e-6
  CHECK(lit < 1.5e-6F);
}

TEST_CASE("augment_image gives fastai's pixels with flip, zoom and every pad mode") {
  const auto image = hash_image(6, 8, 48);
  AugmentDraw draw = golden(1).draw;
  draw.flip = true;
  draw.zoom = 1.1;
  draw.zoom_x = 0.9;
  draw.zoom_y = 0.4;
  const std::pair<const char*, std::array<float, 8>> expected[] = {
      {"zeros", {.175710F, .148181F, .208436F, .441610F, .515010F, .500950F, .507615F, .179233F}},
      {"border", {.383452F, .208666F, .220002F, .441610F, .515010F, .500950F, .507615F, .392412F}},
      {"reflection",
       {.413565F, .319748F, .241747F, .441610F, .515010F, .500950F, .507615F, .375390F}}};
  for (const auto& [pad_mode, row] : expected) {
    CAPTURE(pad_mode);
    const auto out = augmented(image, 6, 8, draw, pad_mode);
    for (std::size_t i = 0; i < row.size(); ++i) CHECK(std::abs(out[i] - row[i]) < 1e-5);
  }
}

namespace {

// The same, straight from the formulas: normalised coordinates, one pixel at a time, in double.
class Reference {
 public:
  Reference(const std::vector<std::uint8_t>& image, int height, int width, std::string pad_mode)
      : image_(image), height_(height), width_(width), pad_mode_(std::move(pad_mode)) {}

  double at(const AugmentDraw& draw, int row, int column) const {
    const double x = 2.0 * column / (width_ - 1) - 1, y = 2.0 * row / (height_ - 1) - 1;
    const auto m = data::affine_matrix(draw, height_, width_);
    const auto w = data::warp_matrix(draw);
    const double ax = m[0][0] * x + m[0][1] * y + m[0][2];
    const double ay = m[1][0] * x + m[1][1] * y + m[1][2];
    const double depth = 1 + w[2][0] * ax + w[2][1] * ay;
    const double wx = (ax + w[0][1] * ay + w[0][2]) / depth;
    const double wy = (w[1][0] * ax + ay + w[1][2]) / depth;
    return lit(draw, bilinear((wx + 1) / 2 * (width_ - 1), (wy + 1) / 2 * (height_ - 1)));
  }

 private:
  double bilinear(double u, double v) const {
    if (pad_mode_ != "zeros") {
      u = inside(u, width_ - 1);
      v = inside(v, height_ - 1);
    }
    double sum = 0;
    for (int row = 0; row < height_; ++row) {
      for (int column = 0; column < width_; ++column) {
        const double weight =
            std::max(0.0, 1 - std::abs(u - column)) * std::max(0.0, 1 - std::abs(v - row));
        sum += weight * image_[static_cast<std::size_t>(row * width_ + column)] / 255.0;
      }
    }
    return sum;
  }
  double inside(double u, double last) const {
    if (pad_mode_ == "border") return std::min(std::max(u, 0.0), last);
    while (u < 0 || u > last) u = u < 0 ? -u : 2 * last - u;
    return u;
  }
  static double lit(const AugmentDraw& draw, double value) {
    const double x = std::min(std::max(value, 1e-7), 1 - 0x1p-23);
    const auto logit = [](double p) { return -std::log(1 / p - 1); };
    if (data::keeps_lighting(draw)) return value;
    return 1 / (1 + std::exp(-draw.contrast * (logit(x) + logit(draw.brightness))));
  }

  const std::vector<std::uint8_t>& image_;
  int height_, width_;
  std::string pad_mode_;
};

double largest_difference(const std::string& pad_mode, const AugmentDraw& draw) {
  constexpr int kHeight = 24, kWidth = 32;
  const auto image = hash_image(kHeight, kWidth);
  const auto actual = augmented(image, kHeight, kWidth, draw, pad_mode);
  const Reference reference(image, kHeight, kWidth, pad_mode);
  double largest = 0;
  for (int i = 0; i < kHeight * kWidth; ++i) {
    const double expected = reference.at(draw, i / kWidth, i % kWidth);
    largest = std::max(largest, std::abs(actual[static_cast<std::size_t>(i)] - expected));
  }
  return largest;
}

}  // namespace

TEST_CASE("augment_image follows its formulas for any draw and every pad mode") {
  attempt::AugmentRecipe recipe;
  recipe.flip = true;
  recipe.max_rotate_deg = 180;
  recipe.max_zoom = 1.5;
  recipe.max_warp = 0.2;
  recipe.max_lighting = 0.5;
  for (const char* pad_mode : {"zeros", "border", "reflection"}) {
    for (std::uint64_t study = 0; study < 12; ++study) {
      CAPTURE(pad_mode);
      CAPTURE(study);
      CHECK(largest_difference(pad_mode, data::draw_augment(recipe, 3, 0, study, 0)) < 3e-6);
    }
  }
}

TEST_CASE("augment_image without a change gives pixel / 255 exactly") {
  const auto image = hash_image(5, 7);
  const auto out = augmented(image, 5, 7, AugmentDraw{.zoom_x = 0.1, .zoom_y = 0.9});
  for (std::size_t i = 0; i < image.size(); ++i) CHECK(out[i] == image[i] / 255.0F);
}

TEST_CASE("augment_image flips left and right only") {
  const auto image = hash_image(4, 5);
  const auto out = augmented(image, 4, 5, AugmentDraw{.flip = true});
  for (std::size_t row = 0; row < 4; ++row) {
    for (std::size_t column = 0; column < 5; ++column) {
      const float expected = static_cast<float>(image[row * 5 + 4 - column]) / 255.0F;
      CHECK(std::abs(out[row * 5 + column] - expected) < 1e-6F);
    }
  }
}

TEST_CASE("augment_image takes images of one pixel, one row or one column") {
  const AugmentDraw draw{.rotate_deg = 30, .warp_x = 0.1};
  CHECK(augmented({200}, 1, 1, draw)[0] == doctest::Approx(200 / 255.0));
  for (const float value : augmented(hash_image(1, 9), 1, 9, draw, "reflection")) {
    CHECK((value >= 0 && value <= 1));
  }
  for (const float value : augmented(hash_image(9, 1), 9, 1, draw, "border")) {
    CHECK((value >= 0 && value <= 1));
  }
}

TEST_CASE("augment_image refuses an unknown pad mode") {
  CHECK_THROWS_WITH_AS(augmented({1}, 1, 1, {}, "mirror"), doctest::Contains("'mirror'"), Error);
}

TEST_CASE("augment_to_rgb gives three channels with ImageNet's mean and deviation, side by side") {
  const std::vector<std::uint8_t> grey = {0, 255, 51};
  std::vector<float> rgb(9);
  data::augment_to_rgb(grey, 1, 3, {}, "zeros", rgb);
  const float expected[] = {-2.117904F, -2.035714F, -1.804444F, 2.248908F, 2.428571F,
                            2.64F,      -1.244541F, -1.142857F, -0.915556F};
  for (std::size_t i = 0; i < 9; ++i) CHECK(std::abs(rgb[i] - expected[i]) < 2e-6F);
}

TEST_CASE("augment_to_rgb normalises exactly the pixels of augment_image") {
  const auto image = hash_image(24, 37);
  attempt::AugmentRecipe recipe;
  for (std::uint64_t study = 0; study < 12; ++study) {
    CAPTURE(study);
    const AugmentDraw draw = data::draw_augment(recipe, 3, 0, study, 0);
    const auto grey = augmented(image, 24, 37, draw);
    std::vector<float> rgb(3 * image.size());
    data::augment_to_rgb(image, 24, 37, draw, "zeros", rgb);
    for (std::size_t i = 0; i < grey.size(); ++i) {
      REQUIRE(rgb[3 * i] == (grey[i] - 0.485F) * (1 / 0.229F));
      REQUIRE(rgb[3 * i + 1] == (grey[i] - 0.456F) * (1 / 0.224F));
      REQUIRE(rgb[3 * i + 2] == (grey[i] - 0.406F) * (1 / 0.225F));
    }
  }
}

TEST_CASE("augment_image makes black, not an error, of points at infinity") {
  const auto image = hash_image(9, 9);
  AugmentDraw draw;
  draw.warp_x = 0.9;  // past the horizon: depths pass through zero
  draw.warp_y = 0.9;
  for (const char* pad_mode : {"zeros", "border", "reflection"}) {
    CAPTURE(pad_mode);
    for (const float value : augmented(image, 9, 9, draw, pad_mode)) {
      CHECK((value >= 0 && value <= 1));
    }
  }
}
