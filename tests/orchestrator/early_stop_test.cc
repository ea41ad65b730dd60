#include "orchestrator/early_stop.h"

#include <doctest/doctest.h>

using namespace radsweep;
using namespace radsweep::orchestrator;

namespace {

void fail(EarlyStop& stop, int run, const std::string& error_class, const std::string& error,
          bool given_up = false) {
  stop.note_failure("run-" + std::to_string(run), {error_class, error, "", {}, {}}, given_up);
}

}  // namespace

TEST_CASE("a limit of failed runs counts runs that are given up, each once") {
  EarlyStop stop(2);
  for (int i = 0; i < 9; ++i) fail(stop, 1, "bug", "the same");
  fail(stop, 1, "bug", "the same", true);
  fail(stop, 1, "bug", "again after a retry", true);
  fail(stop, 3, "bug", "tried again");
  CHECK_FALSE(stop.reason());
  fail(stop, 2, "nan", "another way", true);
  CHECK(stop.reason() == "2 runs failed (--max-failures 2)");
}

TEST_CASE("a limit of the user's takes the place of the rule of the same failures") {
  EarlyStop stop(100);
  for (int run = 1; run <= 20; ++run) fail(stop, run, "bug", "the same");
  CHECK_FALSE(stop.reason());
}

TEST_CASE("a sweep whose first runs all fail in the same way starts no more") {
  EarlyStop stop({});
  for (int run = 1; run < kSameFailures; ++run)
    fail(stop, run, "bug", "at step " + std::to_string(run));
  fail(stop, 1, "bug", "at step 9");  // the same run again
  CHECK_FALSE(stop.reason());
  SUBCASE("the next one does") {
    fail(stop, 99, "bug", "at step 77");
    CHECK(stop.reason() == "the first 5 runs all failed in the same way (bug: at step 1)");
    fail(stop, 100, "bug", "at step 78");  // what still ran; the reason stays in the same words
    CHECK(stop.reason() == "the first 5 runs all failed in the same way (bug: at step 1)");
    stop.note_done();  // one that still ran
    CHECK_FALSE(stop.reason());
  }
  SUBCASE("one is done") {
    stop.note_done();
    fail(stop, 99, "bug", "at step 77");
    CHECK_FALSE(stop.reason());
  }
  SUBCASE("one fails in another way") {
    fail(stop, 98, "signal", "crashed");
    fail(stop, 99, "bug", "at step 77");
    CHECK_FALSE(stop.reason());
  }
}

TEST_CASE("failures that depend on the configuration stop no sweep") {
  for (const char* error_class : {"out_of_memory", "nan", "time_limit"}) {
    CAPTURE(error_class);
    EarlyStop stop({});
    for (int run = 1; run <= 10; ++run) fail(stop, run, error_class, "the same", true);
    CHECK_FALSE(stop.reason());
  }
}
