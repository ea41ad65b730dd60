#include "orchestrator/run_names.h"

#include "base/error.h"

#include <doctest/doctest.h>

using namespace radsweep;
using orchestrator::resolve_run;

TEST_CASE("a run may be named by any beginning that only it has") {
  const std::vector<std::string> known{"160-densenet121-s1", "160-densenet121-s10", "320-small-s1"};
  CHECK(resolve_run(known, "320") == "320-small-s1");
  CHECK(resolve_run(known, "160-densenet121-s1") == "160-densenet121-s1");
  CHECK_THROWS_WITH_AS(resolve_run(known, "160"),
                       doctest::Contains("160-densenet121-s1, 160-densenet121-s10"), Error);
  CHECK_THROWS_WITH_AS(resolve_run(known, "320-smal-s1"),
                       doctest::Contains("did you mean '320-small-s1'"), Error);
  CHECK_THROWS_AS(resolve_run(known, ""), Error);
}
