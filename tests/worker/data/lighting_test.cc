#include "worker/data/lighting.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace radsweep;
using data::AugmentDraw;

namespace {

float lit(float value, double brightness, double contrast) {
  std::vector<float> values = {value};
  data::change_lighting({.brightness = brightness, .contrast = contrast}, values);
  return values[0];
}

}  // namespace

TEST_CASE("change_lighting gives fastai's values") {
  CHECK(lit(0.25F, 0.6, 1) == doctest::Approx(1 / 3.0).epsilon(1e-6));
  CHECK(lit(0.5F, 0.6, 1) == doctest::Approx(0.6).epsilon(1e-6));
  CHECK(lit(0.75F, 0.6, 1) == doctest::Approx(9 / 11.0).epsilon(1e-6));
  CHECK(lit(0.25F, 0.5, 1.25) == doctest::Approx(0.2021).epsilon(1e-3));
}

TEST_CASE("change_lighting keeps black black and white white") {
  for (const double contrast : {0.8, 1.0, 1.25}) {
    CHECK(lit(0, 0.6, contrast) < 1e-5F);
    CHECK(lit(0, 0.6, contrast) > 0);
    CHECK(lit(1, 0.4, contrast) > 0.99999F);
    CHECK(lit(1, 0.4, contrast) <= 1);
  }
}

TEST_CASE("change_lighting is within 1e-6 of the exact function, for all values") {
  const auto logit = [](double p) { return std::log(p / (1 - p)); };
  double largest = 0;
  for (const double brightness : {0.01, 0.4, 0.5, 0.6, 0.99}) {
    for (const double contrast : {0.01, 0.8, 1.0, 1.25, 50.0}) {
      for (int i = 0; i <= 1000; ++i) {
        const float value = static_cast<float>(i) / 1000;
        const double x = std::min(std::max<double>(value, 1e-7F), 1 - 0x1p-23);
        const double exact = brightness == 0.5 && contrast == 1
                                 ? value
                                 : 1 / (1 + std::exp(-contrast * (logit(x) + logit(brightness))));
        largest = std::max(largest, std::abs(lit(value, brightness, contrast) - exact));
      }
    }
  }
  // a contrast of 50 magnifies float32's rounding of the exponent: 50 * 6e-8 / 4
  CHECK(largest < 4e-6);
}

TEST_CASE("change_lighting without a change leaves every bit") {
  CHECK(lit(0, 0.5, 1) == 0);
  CHECK(lit(1, 0.5, 1) == 1);
  CHECK(lit(0.3F, 0.5, 1) == 0.3F);
}
