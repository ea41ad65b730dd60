#include "orchestrator/run_names.h"

#include <doctest/doctest.h>

#include "base/error.h"
#include "tests/orchestrator/report/sample_sweep.h"

using namespace radsweep;
using orchestrator::resolve_run;

TEST_CASE("a run may be named by any beginning that only it has") {
  const std::vector<std::string> known{"160-densenet121-s1", "160-densenet121-s10", "320-small-s1"};
  CHECK(resolve_run(known, "320") == "320-small-s1");
  CHECK(resolve_run(known, "160-densenet121-s1") == "160-densenet121-s1");
  CHECK_THROWS_WITH_AS(resolve_run(known, "160"),
                       doctest::Contains("160-densenet121-s1, 160-densenet121-s10"), Error);
  CHECK_THROWS_WITH_AS(resolve_run(known, "320-smal-s1"),
                       doctest::Contains("did you mean '320-small-s1'"), Error);
  CHECK_THROWS_AS(resolve_run(known, ""), Error);
}

TEST_CASE("a cell's runs are the done ones of the sweep file, by seed, of one variant") {
  using test::Fate;
  const std::vector<test::SampleRun> runs{{160, "small", 3},
                                          {160, "small", 1},
                                          {160, "small", 2, Fate::failed},
                                          {320, "small", 1},
                                          {320, "small", 1, Fate::done, {}, "dropout=0"},
                                          {320, "small", 2, Fate::done, {}, "dropout=0"}};
  test::SampleSweep sweep(runs);
  using Names = std::vector<std::string>;
  const auto runs_of = [&sweep](const char* cell, std::optional<std::string> variant = {}) {
    return orchestrator::done_runs_of_cell(sweep.database(), cell, variant);
  };
  CHECK(runs_of("160xsmall") == Names{"160-small-s1", "160-small-s3"});
  CHECK_THROWS_WITH_AS(runs_of("320xsmall"), doctest::Contains("'', 'dropout=0'"), Error);
  CHECK(runs_of("320xsmall", "dropout=0").size() == 2);
  CHECK_THROWS_WITH_AS(runs_of("320xsmall", "dropout=1"), doctest::Contains("'dropout=0'"), Error);
  CHECK_THROWS_WITH_AS(runs_of("480xsmall"), doctest::Contains("no run of that cell"), Error);
  CHECK_THROWS_AS(runs_of("small"), Error);

  sweep.keep_only({runs[1], runs[3]});  // the others are done, but no longer asked for
  CHECK(runs_of("160xsmall") == Names{"160-small-s1"});
  CHECK(runs_of("320xsmall") == Names{"320-small-s1"});
}
