#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "worker/data/augment.h"

using namespace radsweep;
using data::AugmentDraw;
using data::draw_augment;

namespace {

constexpr int kDraws = 20'000;

std::vector<AugmentDraw> many_draws(const attempt::AugmentRecipe& recipe) {
  std::vector<AugmentDraw> draws;
  for (std::uint64_t study = 0; study < kDraws; ++study) {
    draws.push_back(draw_augment(recipe, 7, 2, study, 0));
  }
  return draws;
}

double share(const std::vector<AugmentDraw>& draws,
             const std::function<bool(const AugmentDraw&)>& of) {
  return static_cast<double>(std::ranges::count_if(draws, of)) / kDraws;
}

// Five standard deviations of a share among kDraws.
double spread(double p) {
  return 5 * std::sqrt(p * (1 - p) / kDraws);
}

}  // namespace

TEST_CASE("draw_augment keeps each component on its own, with its probability") {
  attempt::AugmentRecipe recipe;
  recipe.flip = true;
  recipe.max_zoom = 1.1;
  recipe.p_affine = 0.6;
  const auto draws = many_draws(recipe);
  const auto rotated = [](const AugmentDraw& d) { return d.rotate_deg != 0; };
  const auto warped_x = [](const AugmentDraw& d) { return d.warp_x != 0; };
  const auto warped_y = [](const AugmentDraw& d) { return d.warp_y != 0; };
  const auto zoomed = [](const AugmentDraw& d) { return d.zoom != 1; };
  const auto brightened = [](const AugmentDraw& d) { return d.brightness != 0.5; };
  const auto contrasted = [](const AugmentDraw& d) { return d.contrast != 1; };
  CHECK(std::abs(share(draws, [](const auto& d) { return d.flip; }) - 0.5) < spread(0.5));
  for (const auto& affine :
       std::vector<std::function<bool(const AugmentDraw&)>>{rotated, warped_x, warped_y, zoomed}) {
    CHECK(std::abs(share(draws, affine) - 0.6) < spread(0.6));
  }
  CHECK(std::abs(share(draws, brightened) - 0.75) < spread(0.75));
  CHECK(std::abs(share(draws, contrasted) - 0.75) < spread(0.75));
  const auto both = [&](const AugmentDraw& d) { return warped_x(d) && warped_y(d); };
  CHECK(std::abs(share(draws, both) - 0.36) < spread(0.36));
}

TEST_CASE("draw_augment fills the ranges of the recipe and never leaves them") {
  attempt::AugmentRecipe recipe;
  recipe.max_zoom = 1.2;
  AugmentDraw low{false, 99, 99, 99, 99, 99, 99, 99, 99};
  AugmentDraw high{false, -99, -99, -99, -99, -99, -99, -99, -99};
  const auto widen = [&](const AugmentDraw& draw, double AugmentDraw::*part) {
    low.*part = std::min(low.*part, draw.*part);
    high.*part = std::max(high.*part, draw.*part);
  };
  struct Range {
    double AugmentDraw::*part;
    double low, high;
  };
  const Range ranges[] = {
      {&AugmentDraw::rotate_deg, -30, 30},  {&AugmentDraw::zoom, 1, 1.2},
      {&AugmentDraw::zoom_x, 0, 1},         {&AugmentDraw::zoom_y, 0, 1},
      {&AugmentDraw::warp_x, -0.1, 0.1},    {&AugmentDraw::warp_y, -0.1, 0.1},
      {&AugmentDraw::brightness, 0.4, 0.6}, {&AugmentDraw::contrast, 0.8, 1.25}};
  for (const AugmentDraw& draw : many_draws(recipe)) {
    for (const Range& range : ranges) widen(draw, range.part);
  }
  for (const Range& range : ranges) {
    const double slack = 1e-3 * (range.high - range.low);
    CHECK(low.*range.part >= range.low - 1e-12);
    CHECK(low.*range.part < range.low + slack);
    CHECK(high.*range.part <= range.high + 1e-12);
    CHECK(high.*range.part > range.high - slack);
  }
}

TEST_CASE("draw_augment of a recipe without augmentation changes nothing") {
  attempt::AugmentRecipe off;
  off.p_affine = off.p_lighting = 0;
  attempt::AugmentRecipe zero;
  zero.max_rotate_deg = zero.max_warp = zero.max_lighting = 0;
  for (const auto& recipe : {off, zero}) {
    for (AugmentDraw draw : many_draws(recipe)) {
      draw.zoom_x = draw.zoom_y = 0.5;  // a centre without a zoom
      REQUIRE(draw == AugmentDraw{});
    }
  }
}

TEST_CASE("draw_augment gives each view, study, epoch and seed its own draw, again and again") {
  const attempt::AugmentRecipe recipe;
  const AugmentDraw draw = draw_augment(recipe, 1, 2, 3, 0);
  CHECK(draw == draw_augment(recipe, 1, 2, 3, 0));
  CHECK_FALSE(draw == draw_augment(recipe, 1, 2, 3, 1));
  CHECK_FALSE(draw == draw_augment(recipe, 1, 2, 4, 0));
  CHECK_FALSE(draw == draw_augment(recipe, 1, 3, 3, 0));
  CHECK_FALSE(draw == draw_augment(recipe, 2, 2, 3, 0));
}
