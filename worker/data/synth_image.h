// One generated radiograph: a body with lungs, ribs and texture, and perhaps fine-line lesions.
#pragma once

#include "worker/data/jpeg.h"
#include "worker/data/synth_random.h"

namespace radsweep::data {

enum class SynthFinding { normal, lesions };

// An image of about `size_px` a side, the sides varying by 6 %. Lesions are lines about size/96
// wide with flanks of the opposite sign, so that their mean is that of the background: resizing
// to well below size_px blurs them away, while everything else in the image is coarser and drawn
// alike for both findings.
GreyImage draw_synth_image(SynthRandom& random, int size_px, SynthFinding finding);

}  // namespace radsweep::data
