#include "base/shortest_number.h"

#include <doctest/doctest.h>

using radsweep::shortest_number;

TEST_CASE("numbers are written as people write them and read back exactly") {
  CHECK(shortest_number(0.001) == "0.001");
  CHECK(shortest_number(30) == "30");
  CHECK(shortest_number(1e-5) == "1e-5");
  CHECK(shortest_number(1e5) == "1e5");
  CHECK(shortest_number(2.5e-12) == "2.5e-12");
  CHECK(shortest_number(-0.5) == "-0.5");
  CHECK(shortest_number(0.1 + 0.2) == "0.30000000000000004");
  for (const double value : {1e100, 1.7976931348623157e308, 2.3e-308, 1.0 / 3, 123456.789}) {
    CHECK(std::stod(shortest_number(value)) == value);
  }
}
