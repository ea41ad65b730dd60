#include "worker/wrap/history.h"

#include <doctest/doctest.h>

using namespace radsweep::wrap;

TEST_CASE("an attempt that starts over replaces what an earlier one told") {
  History history;
  for (const int epoch : {0, 1, 2}) history.add({epoch, {{"loss", 0.3 - 0.1 * epoch}}});
  CHECK(history.steps() == 3);
  CHECK(history.best_epoch("loss", "min") == 2);
  history.begin_attempt();
  SUBCASE("it goes on") {
    history.add({3, {{"loss", 0.5}}});
    CHECK(history.steps() == 4);
    CHECK(history.best_epoch("loss", "min") == 2);
    CHECK(history.best_epoch("loss", "max") == 3);
  }
  SUBCASE("it only adds to its last epoch") {
    history.add({2, {{"test_loss", 0.7}}});
    CHECK(history.epochs().back().values.size() == 2);
    CHECK(history.steps() == 3);  // no progress
  }
  SUBCASE("it starts over") {
    history.add({0, {{"loss", 0.5}}});
    CHECK(history.steps() == 1);
    CHECK(history.best_epoch("loss", "min") == 0);
  }
}

TEST_CASE("reports of one epoch are joined, and the first of equal epochs is the best") {
  History history;
  history.add({0, {{"loss", 1}}});
  history.add({0, {{"auc", 0.5}}});
  history.add({1, {{"auc", 0.5}}});
  CHECK(history.epochs().at(0).values.size() == 2);
  CHECK(history.best_epoch("auc", "max") == 0);
  CHECK_FALSE(history.best_epoch("acu", "max"));
}
