#include "orchestrator/environment/sqlite_version.h"

#include <doctest/doctest.h>

using radsweep::orchestrator::wal_reset_bug_fixed;

TEST_CASE("the versions of SQLite that lose commits in WAL mode are known") {
  for (const char* bad : {"3.7.0", "3.40.1", "3.44.5", "3.45.0", "3.46.1", "3.50.6", "3.51.0",
                          "3.51.2", "", "unknown"}) {
    CAPTURE(bad);
    CHECK_FALSE(wal_reset_bug_fixed(bad));
  }
  for (const char* good : {"3.6.23", "3.44.6", "3.44.7", "3.50.7", "3.51.3", "3.52.0", "4.0.0"}) {
    CAPTURE(good);
    CHECK(wal_reset_bug_fixed(good));
  }
}
