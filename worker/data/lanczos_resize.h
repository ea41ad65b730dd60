// Pillow's `resize((width, height), LANCZOS)` for 8-bit grey images, equal to the last bit
// (checked against Pillow 8.0 to 12.0).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "worker/data/resize_loops.h"

namespace radsweep::data {

// For a pass from `size_in` to `size_out` pixels, both at least 1.
LanczosWeights lanczos_weights(int size_in, int size_out);

// Grey row-major [height, width] -> [out_height, out_width]; the aspect ratio is not kept. The
// horizontal pass comes first and both round to 8 bits; a pass that changes nothing is left out.
// `pixels` has width * height bytes, all sizes are at least 1 (else Error(internal)). Thread-safe.
std::vector<std::uint8_t> lanczos_resize(std::span<const std::uint8_t> pixels, int width,
                                         int height, int out_width, int out_height);

}  // namespace radsweep::data
