#include "orchestrator/failure_rules.h"

#include <doctest/doctest.h>

using namespace radsweep::orchestrator;

TEST_CASE("the pause before a retry grows fourfold, within 20 percent, up to half an hour") {
  const RetryRule rule{10, 30};
  const double expected[] = {30, 120, 480, 1800, 1800};
  for (int failures = 0; failures < 5; ++failures) {
    const auto decision = decide_retry("bug", failures, rule, "identity");
    REQUIRE(decision.delay_s.has_value());
    CHECK(*decision.delay_s >= 0.8 * expected[failures]);
    CHECK(*decision.delay_s <= 1.2 * expected[failures]);
    CHECK(decision.max_failures == 10);
  }
}

TEST_CASE("the pause is the same for the same run and differs between runs") {
  const RetryRule rule{3, 30};
  CHECK(*decide_retry("bug", 0, rule, "a").delay_s == *decide_retry("bug", 0, rule, "a").delay_s);
  CHECK(*decide_retry("bug", 0, rule, "a").delay_s != *decide_retry("bug", 0, rule, "b").delay_s);
}

TEST_CASE("a refused spec or refused data is never tried again") {
  for (const char* error_class : {"bad_spec", "bad_data"}) {
    CHECK_FALSE(decide_retry(error_class, 0, {3, 30}, "a").delay_s.has_value());
  }
}

TEST_CASE("NaN and lack of memory get one more try only") {
  for (const char* error_class : {"nan", "out_of_memory"}) {
    CHECK(decide_retry(error_class, 0, {5, 30}, "a").max_failures == 2);
    CHECK(decide_retry(error_class, 0, {1, 30}, "a").max_failures == 1);
  }
}

TEST_CASE(
    "data that is not there, the host's memory and time limits are tried as often as allowed") {
  for (const char* error_class : {"missing_data", "host_memory", "time_limit", "disk", "signal"}) {
    CHECK(decide_retry(error_class, 0, {5, 30}, "a").delay_s.has_value());
    CHECK(decide_retry(error_class, 0, {5, 30}, "a").max_failures == 5);
  }
}

TEST_CASE("a slot is suspected for crashes, hangs and errors, not for what the run brought along") {
  for (const char* error_class :
       {"signal", "hang", "bug", "device", "nan", "host_memory", "lost"}) {
    CHECK(may_be_the_slot(error_class));
  }
  for (const char* error_class :
       {"bad_spec", "bad_data", "missing_data", "disk", "out_of_memory", "time_limit"}) {
    CHECK_FALSE(may_be_the_slot(error_class));
  }
}
