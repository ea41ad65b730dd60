#include "worker/data/lighting.h"

#include <cmath>

#include "worker/data/pixel_loops.h"

namespace radsweep::data {

void change_lighting(const AugmentDraw& draw, std::span<float> values) {
  if (keeps_lighting(draw)) return;
  // sigma(c (logit x + logit b)) = 1 / (1 + ((1-x)/x)^c ((1-b)/b)^c)
  const double shift = draw.contrast * std::log2((1 - draw.brightness) / draw.brightness);
  bend_logits(static_cast<float>(draw.contrast), static_cast<float>(shift), values);
}

bool keeps_lighting(const AugmentDraw& draw) {
  return draw.brightness == 0.5 && draw.contrast == 1;
}

}  // namespace radsweep::data
