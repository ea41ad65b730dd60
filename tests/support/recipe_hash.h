// Reproducible numbers for golden tests, the same in Python and C++ (tests/golden/recipe_hash.py).
#pragma once

#include <cstdint>

namespace radsweep::test {

// 32 well mixed bits for place `i` of stream `s`.
constexpr std::uint32_t recipe_hash(std::uint32_t i, std::uint32_t s) {
  std::uint32_t x = i * 2654435761u + s * 40503u + 12345u;
  x = (x ^ (x >> 16)) * 0x45d9f3bu;
  x = (x ^ (x >> 16)) * 0x45d9f3bu;
  return x ^ (x >> 16);
}

// The same as a number in [0, 1).
constexpr double recipe_uniform(std::uint32_t i, std::uint32_t s) {
  return recipe_hash(i, s) * 0x1p-32;
}

}  // namespace radsweep::test
