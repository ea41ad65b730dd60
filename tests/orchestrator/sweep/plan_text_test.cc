#include "orchestrator/sweep/plan_text.h"

#include <doctest/doctest.h>

using namespace radsweep::orchestrator;

TEST_CASE("amounts are told in the unit a person would use") {
  CHECK(bytes_in_words(0) == "0 B");
  CHECK(bytes_in_words(1023) == "1023 B");
  CHECK(bytes_in_words(1536) == "1.5 KiB");
  CHECK(bytes_in_words(24.0 * 1024 * 1024 * 1024) == "24.0 GiB");
  CHECK(seconds_in_words(12) == "12 s");
  CHECK(seconds_in_words(180) == "3 min");
  CHECK(seconds_in_words(2 * 3600) == "2.0 h");
  CHECK(seconds_in_words(7 * 86400) == "7.0 days");
}
