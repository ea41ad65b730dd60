#include "worker/data/lighting.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

namespace radsweep::data {
namespace {

constexpr float kLowest = 1e-7F;          // fastai's clamp of logit's argument
constexpr float kHighest = 1 - 0x1p-23F;  // 1 - 1e-7 as float32 arithmetic sees it

// log2 and exp2 without branches or calls, so that the compiler can vectorise the loop.

// Positive normal x. m in [sqrt(1/2), sqrt(2)): ln m = 2 artanh((m-1)/(m+1)), whose series is cut
// after the 9th power: 7e-10.
inline float fast_log2(float x) {
  constexpr std::uint32_t kSqrtHalf = 0x3f3504f3;  // bits of sqrt(1/2)
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(x) - kSqrtHalf;
  const auto exponent = static_cast<float>(static_cast<std::int32_t>(bits) >> 23);
  const float m = std::bit_cast<float>((bits & 0x7fffff) + kSqrtHalf);
  const float s = (m - 1) / (m + 1), s2 = s * s;
  constexpr float k = 2.8853900817779268F;  // 2 / ln 2
  const float series = 1 + s2 * (1 / 3.0F + s2 * (1 / 5.0F + s2 * (1 / 7.0F + s2 * (1 / 9.0F))));
  return exponent + k * s * series;
}

// |x| <= 126. 2^x = 2^n 2^f, |f| <= 1/2, by exp's series in f ln 2, cut after the 6th power: 1e-7.
inline float fast_exp2(float x) {
  constexpr float kRound = 0x1.8p23F;  // adding and taking it away rounds to a whole number
  const float whole = (x + kRound) - kRound;
  const float t = (x - whole) * 0.69314718F;
  const float series =
      1 + t * (1 + t * (1 / 2.0F +
                        t * (1 / 6.0F + t * (1 / 24.0F + t * (1 / 120.0F + t * (1 / 720.0F))))));
  return series * std::bit_cast<float>((static_cast<std::int32_t>(whole) + 127) << 23);
}

}  // namespace

void change_lighting(const AugmentDraw& draw, std::span<float> values) {
  if (keeps_lighting(draw)) return;
  // sigma(c (logit x + logit b)) = 1 / (1 + ((1-x)/x)^c ((1-b)/b)^c)
  const auto contrast = static_cast<float>(draw.contrast);
  const auto shift =
      static_cast<float>(draw.contrast * std::log2((1 - draw.brightness) / draw.brightness));
  for (float& value : values) {
    const float x = std::min(std::max(value, kLowest), kHighest);
    const float power = contrast * fast_log2((1 - x) / x) + shift;
    value = 1 / (1 + fast_exp2(std::min(std::max(power, -126.0F), 126.0F)));
  }
}

bool keeps_lighting(const AugmentDraw& draw) {
  return draw.brightness == 0.5 && draw.contrast == 1;
}

}  // namespace radsweep::data
