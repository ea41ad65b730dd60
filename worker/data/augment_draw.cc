#include <cmath>

#include "worker/data/augment.h"
#include "worker/data/counter_rng.h"

namespace radsweep::data {
namespace {

// What each random number of a view is for. Fixed places: turning one component off or adding
// another leaves the draws of the rest.
enum Place : std::uint64_t {
  flip_kept,
  rotate,
  rotate_kept,
  zoom,
  zoom_kept,
  zoom_x,
  zoom_y,
  warp_x,
  warp_x_kept,
  warp_y,
  warp_y_kept,
  brightness,
  brightness_kept,
  contrast,
  contrast_kept
};

constexpr double kFlipProbability = 0.5;  // fastai

}  // namespace

AugmentDraw draw_augment(const attempt::AugmentRecipe& recipe, std::uint64_t seed, int epoch,
                         std::uint64_t study, int view) {
  const CounterRng rng(seed, "augment", static_cast<std::uint64_t>(epoch), study,
                       static_cast<std::uint64_t>(view));
  const auto affine = [&](Place kept) { return rng.at(kept) < recipe.p_affine; };
  const auto lighting = [&](Place kept) { return rng.at(kept) < recipe.p_lighting; };
  const double lit = recipe.max_lighting, log_dim = std::log(1 - lit);
  AugmentDraw draw;
  draw.flip = recipe.flip && rng.at(flip_kept) < kFlipProbability;
  if (affine(rotate_kept)) {
    draw.rotate_deg = rng.between(-recipe.max_rotate_deg, recipe.max_rotate_deg, rotate);
  }
  if (affine(zoom_kept)) draw.zoom = rng.between(1, recipe.max_zoom, zoom);
  draw.zoom_x = rng.at(zoom_x);
  draw.zoom_y = rng.at(zoom_y);
  if (affine(warp_x_kept)) draw.warp_x = rng.between(-recipe.max_warp, recipe.max_warp, warp_x);
  if (affine(warp_y_kept)) draw.warp_y = rng.between(-recipe.max_warp, recipe.max_warp, warp_y);
  if (lighting(brightness_kept)) {
    draw.brightness = rng.between(0.5 * (1 - lit), 0.5 * (1 + lit), brightness);
  }
  if (lighting(contrast_kept)) draw.contrast = std::exp(rng.between(log_dim, -log_dim, contrast));
  return draw;
}

}  // namespace radsweep::data
