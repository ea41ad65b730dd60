#include "orchestrator/report/evaluation_tables.h"

#include <doctest/doctest.h>

using namespace radsweep::report;

TEST_CASE("intervals and ensembles are printed in points") {
  CHECK(interval_text(Interval{0.781, 0.9104}) == "78.10 – 91.04");
  CHECK(interval_text(std::nullopt) == "–");
  Cell cell;
  CHECK(ensemble_text(cell) == "–");
  cell.ensemble = Ensemble{5, 0.8612, Interval{0.812, 0.9104}, {}};
  CHECK(ensemble_text(cell) == "86.12 (81.20 – 91.04)");
  cell.ensemble->interval.reset();
  CHECK(ensemble_text(cell) == "86.12");
}

TEST_CASE("a p too small to print is called smaller") {
  CHECK(p_text(0.0312) == "0.031");
  CHECK(p_text(0.0009) == "< 0.001");
  CHECK(p_text(std::nullopt) == "–");
}

TEST_CASE("a comparison names its cells and shows only what is known") {
  Cell low, high, other;
  low.resolution = 320;
  high.resolution = other.resolution = 480;
  low.architecture = high.architecture = "densenet161";
  other.architecture = "densenet121";
  const auto texts =
      comparison_texts({{&high, &low, {5, 0.0163, 0.0031, {}}, DelongDifference{0.012, 0.01, 0.23}},
                        {&high, &other, {1, -0.002, {}, {}}, std::nullopt},
                        {&high, &other, {}, DelongDifference{0, {}, {}}}});
  CHECK(texts[0].cells == "densenet161: 480 − 320");
  CHECK(texts[0].by_seed == "+1.63 ± 0.31");
  CHECK(texts[0].pairs == "5");
  CHECK(texts[0].ensembles_p == "0.230");
  CHECK(texts[1].cells == "at 480: densenet161 − densenet121");
  CHECK(texts[1].by_seed.find("±") == std::string::npos);
  CHECK(texts[1].ensembles == "–");
  CHECK(texts[2].by_seed == "–");
  CHECK(texts[2].ensembles_p == "–");
}
