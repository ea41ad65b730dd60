#include "base/counter_hash.h"

#include <doctest/doctest.h>

#include <bit>

using namespace radsweep;

// Values by tests/golden/make_dropout.py, in plain integers.
static_assert(counter_hash({}) == 0);
static_assert(counter_hash({0}) == 0x397ab29740681d9);
static_assert(counter_hash({1, 2, 3}) == 0x3f53a1fe784bbf);
static_assert(stream_word("augment") == 0x6593e2d28bfde1d8);

TEST_CASE("counter_hash tells order, number and zero words apart") {
  CHECK(counter_hash({1, 2}) != counter_hash({2, 1}));
  CHECK(counter_hash({0}) != counter_hash({0, 0}));
  CHECK(counter_hash({1, 0}) != counter_hash({1}));
}

TEST_CASE("counter_hash flips about half of its bits for any flipped bit of any word") {
  const std::uint64_t base = counter_hash({5, 6, 7});
  int flipped = 0;
  for (int bit = 0; bit < 64; ++bit) {
    const std::uint64_t mask = std::uint64_t{1} << bit;
    flipped += std::popcount(base ^ counter_hash({5 ^ mask, 6, 7}));
    flipped += std::popcount(base ^ counter_hash({5, 6 ^ mask, 7}));
    flipped += std::popcount(base ^ counter_hash({5, 6, 7 ^ mask}));
  }
  // 192 x 64 fair coins: mean 6144, standard deviation 55
  CHECK(flipped > 6144 - 5 * 55);
  CHECK(flipped < 6144 + 5 * 55);
}

TEST_CASE("unit_interval stays within [0, 1) at both ends") {
  CHECK(unit_interval(0) == 0);
  CHECK(unit_interval(~std::uint64_t{0}) < 1);
  CHECK(unit_interval(~std::uint64_t{0}) > 0.999999);
}
