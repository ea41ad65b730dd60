#include "orchestrator/report/number_text.h"

#include <doctest/doctest.h>

#include <clocale>
#include <cstdlib>

#include "base/shortest_number.h"

using namespace radsweep;
using namespace radsweep::report;

TEST_CASE("shortest reads back as the same double") {
  for (const double value : {0.1, 0.1 + 0.2, 1e-5, 83.1, 0.0, 1.0 / 3}) {
    CHECK(std::strtod(shortest_number(value).c_str(), nullptr) == value);
  }
  CHECK(shortest_number(0.1) == "0.1");
}

TEST_CASE("numbers are spelled as in the names of runs, without C's padded exponents") {
  CHECK(shortest_number(1e-5) == "1e-5");
  CHECK(significant(1.2344e-7, 4) == "1.234e-7");
  CHECK(significant(1234567, 4) == "1.235e6");
  CHECK(significant(0.012345, 2) == "0.012");
}

TEST_CASE("points prints an AUC as the paper does") {
  CHECK(points(0.847) == "84.70");
  CHECK(points(1.0) == "100.00");
  CHECK(points(0.5) == "50.00");
  CHECK(signed_points(0.0163) == "+1.63");
  CHECK(signed_points(-0.0163) == "-1.63");
  CHECK(signed_points(-1e-9) == "+0.00");
}

TEST_CASE("numbers do not follow the locale") {
  // whether or not this machine has a locale with a decimal comma
  const char* old = std::setlocale(LC_ALL, "de_DE.UTF-8");
  CHECK(fixed(1.5, 2) == "1.50");
  CHECK(shortest_number(1234.5) == "1234.5");
  std::setlocale(LC_ALL, old ? "C" : nullptr);
}

TEST_CASE("duration_text keeps the two leading units") {
  CHECK(duration_text(42.4) == "42 s");
  CHECK(duration_text(187) == "3 min 07 s");
  CHECK(duration_text(4 * 3600 + 12 * 60 + 59) == "4 h 12 min");
  CHECK(duration_text(2 * 86400 + 3 * 3600) == "2 d 03 h");
  CHECK(duration_text(-5) == "0 s");
}

TEST_CASE("utc_text is the calendar's date and time") {
  CHECK(utc_text(0) == "1970-01-01 00:00 UTC");
  CHECK(utc_text(1'709'210'099'999) == "2024-02-29 12:34 UTC");
}
