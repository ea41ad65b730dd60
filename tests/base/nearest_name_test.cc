#include "base/nearest_name.h"

#include <doctest/doctest.h>

using namespace radsweep;

TEST_CASE("nearest_name finds the name meant by a typing error") {
  const std::vector<std::string> known = {"resolution", "architecture", "seed"};
  CHECK(nearest_name("resolutoin", known) == "resolution");
  CHECK(nearest_name("architectur", known) == "architecture");
  CHECK(nearest_name("seeds", known) == "seed");
}

TEST_CASE("nearest_name stays silent when nothing is close") {
  CHECK_FALSE(nearest_name("optimizer", {"seed", "resolution"}));
  CHECK(did_you_mean("optimizer", {"seed"}).empty());
}
