#include "orchestrator/report/student_t.h"

#include <doctest/doctest.h>

#include <utility>

using namespace radsweep::report;

// Expected values: scipy 1.17.1, stats.t.

TEST_CASE("Student's distribution has the tables' values") {
  for (const auto& [degrees, within] :
       {std::pair{1, 0.757762116818313}, std::pair{2, 0.870388279778489},
        std::pair{3, 0.912293352991934}, std::pair{4, 0.933233455188012},
        std::pair{7, 0.959007781414247}, std::pair{8, 0.963057962286376}}) {
    CAPTURE(degrees);
    CHECK(student_within(2.5, degrees) == doctest::Approx(within).epsilon(1e-12));
  }
  CHECK(student_within(0, 3) == 0);
}

TEST_CASE("Student's 95 % quantile has the tables' values") {
  for (const auto& [degrees, quantile] :
       {std::pair{1, 12.7062047361747}, std::pair{2, 4.30265272974946},
        std::pair{3, 3.18244630528371}, std::pair{4, 2.77644510519779},
        std::pair{9, 2.2621571627982}, std::pair{30, 2.04227245630124},
        std::pair{1000, 1.96233908082641}}) {
    CAPTURE(degrees);
    CHECK(student_95(degrees) == doctest::Approx(quantile).epsilon(1e-9));
  }
}
