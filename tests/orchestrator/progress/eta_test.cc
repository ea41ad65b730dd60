#include "orchestrator/progress/eta.h"

#include <doctest/doctest.h>

using radsweep::orchestrator::estimate_eta_s;
using radsweep::orchestrator::EtaInput;

TEST_CASE("the time left is unknown until something was measured") {
  EtaInput input;
  input.slots = 2;
  input.waiting = {{10}, {10}};
  CHECK_FALSE(estimate_eta_s(input));
  input.finished = {{10, 0}};  // a clock that stood still says nothing
  CHECK_FALSE(estimate_eta_s(input));
  input.finished = {{10, 20}};
  CHECK(*estimate_eta_s(input) == doctest::Approx(20));
}

TEST_CASE("nothing left takes no time, and waiting without slots is unknown") {
  CHECK(*estimate_eta_s({}) == 0);
  CHECK_FALSE(estimate_eta_s({{{1, 1}}, {}, {{5}}, 0}));
}

TEST_CASE("waiting runs go longest first to the slot that is free first") {
  EtaInput input;
  input.finished = {{1, 1}};
  input.slots = 2;
  input.waiting = {{2}, {3}, {3}, {2}, {2}};
  // 3+2+2 and 3+2: longest first does not find the best split of 12 into 6 and 6, nor does the
  // queue.
  CHECK(*estimate_eta_s(input) == doctest::Approx(7));
}

TEST_CASE("a run cannot be split over slots") {
  EtaInput input;
  input.finished = {{1, 1}};
  input.slots = 5;
  input.waiting = {{10}};
  CHECK(*estimate_eta_s(input) == doctest::Approx(10));
}

TEST_CASE("a running run counts with its own speed once it has one") {
  EtaInput input;
  input.finished = {{100, 100}};  // 1 s each
  SUBCASE("far enough: twice as slow as the others were") {
    input.running = {{50, {50, 100}}};
    CHECK(*estimate_eta_s(input) == doctest::Approx(100));
  }
  SUBCASE("just started: its first steps say little") {
    input.running = {{99, {1, 60}}};
    CHECK(*estimate_eta_s(input) == doctest::Approx(99));
  }
}

TEST_CASE("before any run finished the running ones tell the speed") {
  EtaInput input;
  input.running = {{90, {10, 20}}, {80, {20, 40}}};
  input.waiting = {{100}};
  CHECK(*estimate_eta_s(input) == doctest::Approx(160 + 200));
}

TEST_CASE("runs on several slots take them together, at the speed that was measured on as many") {
  EtaInput input;
  input.slots = 2;
  input.waiting = {{12, 2}, {6, 1}};
  SUBCASE("never measured: twice as fast on two") {
    input.finished = {{1, 1, 1}};
    CHECK(*estimate_eta_s(input) == doctest::Approx(6 + 6));
  }
  SUBCASE("measured") {
    input.finished = {{1, 1, 1}, {4, 3, 2}};
    CHECK(*estimate_eta_s(input) == doctest::Approx(9 + 6));
  }
  SUBCASE("behind one that runs") {
    input.finished = {{1, 1, 1}};
    input.running = {{10, {90, 90, 1}}};
    CHECK(*estimate_eta_s(input) == doctest::Approx(10 + 6));  // the single one beside it
  }
}

TEST_CASE("when a run that waits takes more slots than there are is unknown") {
  EtaInput input;
  input.slots = 1;
  input.finished = {{1, 1}};
  input.waiting = {{1, 2}};
  CHECK_FALSE(estimate_eta_s(input));
}
