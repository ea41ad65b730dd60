#include "worker/data/lighting.h"

#include <cmath>

namespace radsweep::data {

double logit_shift(const AugmentDraw& draw) {
  return draw.contrast * std::log2((1 - draw.brightness) / draw.brightness);
}

bool keeps_lighting(const AugmentDraw& draw) {
  return draw.brightness == 0.5 && draw.contrast == 1;
}

}  // namespace radsweep::data
