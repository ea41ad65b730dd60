#include "worker/data/lighting.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "worker/data/pixel_loops.h"

using namespace radsweep;
using data::AugmentDraw;

namespace {

float lit(float value, double brightness, double contrast) {
  const AugmentDraw draw{.brightness = brightness, .contrast = contrast};
  std::vector<float> values = {value};
  data::bend_logits(static_cast<float>(contrast), static_cast<float>(data::logit_shift(draw)),
                    values);
  return values[0];
}

}  // namespace

TEST_CASE("lighting gives fastai's values") {
  CHECK(lit(0.25F, 0.6, 1) == doctest::Approx(1 / 3.0).epsilon(1e-6));
  CHECK(lit(0.5F, 0.6, 1) == doctest::Approx(0.6).epsilon(1e-6));
  CHECK(lit(0.75F, 0.6, 1) == doctest::Approx(9 / 11.0).epsilon(1e-6));
  CHECK(lit(0.25F, 0.5, 1.25) == doctest::Approx(0.2021).epsilon(1e-3));
}

TEST_CASE("lighting keeps black black and white white") {
  for (const double contrast : {0.8, 1.0, 1.25}) {
    CHECK(lit(0, 0.6, contrast) < 1e-5F);
    CHECK(lit(0, 0.6, contrast) > 0);
    CHECK(lit(1, 0.4, contrast) > 0.99999F);
    CHECK(lit(1, 0.4, contrast) <= 1);
  }
}

TEST_CASE("lighting is within 1e-6 of the exact function, for all values") {
  const auto logit = [](double p) { return std::log(p / (1 - p)); };
  double largest = 0;
  for (const double brightness : {0.01, 0.4, 0.5, 0.6, 0.99}) {
    for (const double contrast : {0.01, 0.8, 1.0, 1.25, 50.0}) {
      for (int i = 0; i <= 1000; ++i) {
        const float value = static_cast<float>(i) / 1000;
        const double x = std::min(std::max<double>(value, 1e-7F), 1 - 0x1p-23);
        const double exact = 1 / (1 + std::exp(-contrast * (logit(x) + logit(brightness))));
        largest = std::max(largest, std::abs(lit(value, brightness, contrast) - exact));
      }
    }
  }
  // a contrast of 50 magnifies float32's rounding of the exponent: 50 * 6e-8 / 4
  CHECK(largest < 4e-6);
}

TEST_CASE("a draw without brightness and contrast leaves every bit of a pixel") {
  const std::vector<std::uint8_t> pixels = {0, 77, 255};
  std::vector<float> grey(3);
  data::augment_image(pixels, 1, 3, {}, "zeros", grey);
  CHECK(grey == std::vector<float>{0, 77 / 255.0F, 1});
}
