#include "orchestrator/report/nice_ticks.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace radsweep::report;

TEST_CASE("ticks are round and cover the range") {
  const Ticks ticks = nice_ticks(79.31, 84.7, 6);
  CHECK(ticks.step == 2);
  CHECK(ticks.at == std::vector<double>{78, 80, 82, 84, 86});
  CHECK(ticks.digits == 0);
}

TEST_CASE("ticks show as many digits as tell them apart") {
  const Ticks ticks = nice_ticks(0, 0.0051, 4);
  CHECK(ticks.step == doctest::Approx(0.002));
  CHECK(ticks.digits == 3);
  CHECK(ticks.at.size() == 4);
}

TEST_CASE("steps are one, two or five times a power of ten for any range") {
  for (double span = 1e-6; span < 1e6; span *= 1.7) {
    const Ticks ticks = nice_ticks(3.3, 3.3 + span, 6);
    CHECK(ticks.at.front() <= 3.3 + 1e-9 * span);
    CHECK(ticks.at.back() >= (3.3 + span) * (1 - 1e-9));
    CHECK(ticks.at.size() >= 3);
    CHECK(ticks.at.size() <= 13);
    const double digit = ticks.step / std::pow(10, std::floor(std::log10(ticks.step) + 1e-9));
    const bool is_round =
        std::abs(digit - 1) < 1e-6 || std::abs(digit - 2) < 1e-6 || std::abs(digit - 5) < 1e-6;
    CHECK(is_round);
  }
}

TEST_CASE("a range without extent gets one") {
  CHECK(nice_ticks(0.5, 0.5, 5).at.size() >= 2);
  CHECK(nice_ticks(0, 0, 5).at.size() >= 2);
}

TEST_CASE("ticks of a logarithmic axis are 1, 2 and 5, or powers of ten where there are many") {
  CHECK(log_ticks(0.9, 6, 5) == std::vector<double>{1, 2, 5});
  CHECK(log_ticks(8e-6, 0.2, 8) == std::vector<double>{1e-5, 1e-4, 1e-3, 1e-2, 1e-1});
  CHECK(log_ticks(8e-6, 20, 3) == std::vector<double>{1e-5, 1e-2, 10});
  CHECK(log_ticks(3, 4, 5).empty());
}
