#include "db/run.h"

#include <doctest/doctest.h>

#include "base/error.h"

using namespace radsweep;
using namespace radsweep::db;

TEST_CASE("run states are spelled as in the database and read back") {
  for (const char* word :
       {"pending", "waiting", "running", "stopping", "done", "failed", "cancelled"})
    CHECK(to_string(run_state_from(word)) == std::string(word));
  CHECK_THROWS_AS(run_state_from("ready"), Error);
}
