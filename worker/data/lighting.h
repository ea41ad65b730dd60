// Brightness and contrast in logit space, as fastai changes them:
// sigma(contrast * (logit(x) + logit(brightness))), which is pixel::bent(x, contrast, shift).
#pragma once

#include "worker/data/augment.h"

namespace radsweep::data {

// The shift: contrast * log2((1 - brightness) / brightness).
double logit_shift(const AugmentDraw& draw);

// Whether the draw changes no value.
bool keeps_lighting(const AugmentDraw& draw);

}  // namespace radsweep::data
