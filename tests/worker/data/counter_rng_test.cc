#include "worker/data/counter_rng.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace radsweep;
using data::CounterRng;

TEST_CASE("CounterRng gives the numbers of its definition") {
  // tests/golden/make_counter_rng.py, in plain integers; exact, since 53 bits fit a double
  const CounterRng rng(42, "augment", 3, 1000, 2);
  CHECK(rng.at(0) == 0x1.cfaeb370d19f0p-1);
  CHECK(rng.at(1) == 0x1.78564b365b402p-2);
  CHECK(rng.at(1'000'000'000'000) == 0x1.f94709aa7b030p-4);
  CHECK(CounterRng(0, "shuffle", 0).at(0) == 0x1.5988197d82eacp-1);
}

TEST_CASE("CounterRng depends on every part of its key and on nothing else") {
  const double number = CounterRng(1, "a", 2, 3, 4).at(5);
  CHECK(CounterRng(9, "a", 2, 3, 4).at(5) != number);
  CHECK(CounterRng(1, "b", 2, 3, 4).at(5) != number);
  CHECK(CounterRng(1, "a", 9, 3, 4).at(5) != number);
  CHECK(CounterRng(1, "a", 2, 9, 4).at(5) != number);
  CHECK(CounterRng(1, "a", 2, 3, 9).at(5) != number);
  const CounterRng rng(1, "a", 2, 3, 4);
  rng.at(77);
  CHECK(rng.at(5) == number);
}

TEST_CASE("CounterRng is uniform over places, studies and epochs") {
  constexpr int kDraws = 20'000;
  const auto check_uniform = [](auto&& draw) {
    std::vector<double> numbers;
    for (std::uint64_t i = 0; i < kDraws; ++i) numbers.push_back(draw(i));
    std::ranges::sort(numbers);
    double distance = 0;  // Kolmogorov and Smirnov's
    for (int i = 0; i < kDraws; ++i) {
      distance =
          std::max(distance, std::abs(numbers[static_cast<std::size_t>(i)] - (i + 0.5) / kDraws));
    }
    CHECK(distance < 1.95 / std::sqrt(kDraws));  // exceeded by one fair generator in 1000
  };
  check_uniform([](std::uint64_t i) { return CounterRng(1, "x", 0).at(i); });
  check_uniform([](std::uint64_t i) { return CounterRng(1, "x", 0, i).at(0); });
  check_uniform([](std::uint64_t i) { return CounterRng(1, "x", i).at(0); });
  check_uniform([](std::uint64_t i) { return CounterRng(i, "x", 0).at(0); });
}
