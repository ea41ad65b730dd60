// The inner loops of resizing, compiled into the machine's vector instructions. All of it is
// integer arithmetic, so every machine makes the same pixels.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace radsweep::data {

inline constexpr int kFractionBits = 22;  // of a weight

// A pass over a line of pixels: output i is
//   clamp((2^21 + sum_j weights[i * taps + j] * input[first[i] + j]) >> 22)
// with j < count[i].
struct LanczosWeights {
  int taps = 0;
  std::vector<int> first, count;
  std::vector<std::int32_t> weights;  // [outputs, taps]; those beyond count[i] are 0
};

// `plain`: loops without instructions of one kind of processor, as where there are none.
enum class Instructions { best, plain };

// Pixels are whole rows of at least one, `out` has all outputs, and the pass stays within a line.
// Thread-safe.

// Every row of pixels [height, width] by itself; out: [height, outputs].
void filter_rows(std::span<const std::uint8_t> pixels, int width, const LanczosWeights& pass,
                 std::span<std::uint8_t> out, Instructions = Instructions::best);

// Every column of pixels [height, width] by itself; out: [outputs, width].
void filter_columns(std::span<const std::uint8_t> pixels, int width, const LanczosWeights& pass,
                    std::span<std::uint8_t> out, Instructions = Instructions::best);

}  // namespace radsweep::data
