#include "orchestrator/status/last_events.h"

#include <doctest/doctest.h>

#include "db/connection.h"
#include "tests/orchestrator/report/sample_sweep.h"

using namespace radsweep;
using namespace radsweep::orchestrator;

TEST_CASE("the last events are told oldest first, with time, run, kind and detail") {
  test::SampleSweep sweep({{160, "densenet121", 1, test::Fate::done, 0.80}});
  db::Connection& connection = sweep.database().connection();
  connection.exec("INSERT INTO event (at_ms, kind, detail) VALUES (3723000, 'a', 'first')");
  connection.exec(
      "INSERT INTO event (at_ms, kind, run_id, detail)"
      " SELECT 3724000, 'b', id, 'two' || char(10) || 'lines' FROM run");
  const auto lines = last_events(sweep.database(), 2);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0] == "01:02 UTC  a  first");
  CHECK(lines[1].find("01:02 UTC  160-densenet121-s1  b  two") == 0);
  CHECK(lines[1].find('\n') == std::string::npos);
  CHECK(last_events(sweep.database(), 100).size() > 2);
}
