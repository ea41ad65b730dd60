#include "orchestrator/report/comparisons.h"

#include <doctest/doctest.h>

#include "tests/orchestrator/report/sample_sweep.h"

using namespace radsweep;
using namespace radsweep::report;
using test::Fate;

namespace {

std::vector<test::SampleRun> two_by_three() {
  std::vector<test::SampleRun> runs;
  for (const char* architecture : {"large", "small"}) {
    for (const int resolution : {32, 48, 64}) {
      for (std::int64_t seed = 1; seed <= 3; ++seed) {
        runs.push_back({resolution, architecture, seed, Fate::done, 0.7 + resolution * 1e-3});
      }
    }
  }
  return runs;
}

}  // namespace

TEST_CASE("cells are compared along resolutions and across architectures") {
  test::SampleSweep sweep(two_by_three());
  const SweepRecord record = read_sweep(sweep.database());
  const auto found = comparisons(record.cells, record.runs);
  REQUIRE(found.size() == 2 * 3 + 3);
  CHECK(found[0].first->resolution == 48);
  CHECK(found[0].second->resolution == 32);
  CHECK(found[0].by_seed.pairs == 3);
  CHECK(found[0].by_seed.mean == doctest::Approx(0.016));
  CHECK(found[2].first->resolution == 64);  // the whole range
  CHECK(found[2].second->resolution == 32);
  CHECK(found[6].first->architecture == "small");
  CHECK(found[6].second->architecture == "large");
  for (const Comparison& one : found) {
    REQUIRE(one.ensembles);
    CHECK(one.ensembles->difference ==
          doctest::Approx(one.first->ensemble->auc - one.second->ensemble->auc));
  }
  CHECK(found[0].ensembles->p);
}

TEST_CASE("ensembles on other studies are not compared, runs are") {
  test::SampleSweep sweep(two_by_three());
  SweepRecord record = read_sweep(sweep.database());
  record.cells[0].ensemble->scores.studies[0] = "valid/another/study1";
  record.cells[2].ensemble.reset();
  const auto found = comparisons(record.cells, record.runs);
  CHECK_FALSE(found[0].ensembles);
  CHECK_FALSE(found[1].ensembles);
  CHECK(found[0].by_seed.pairs == 3);
  CHECK(found[3].ensembles);
}

TEST_CASE("cells without an AUC are compared with nothing") {
  test::SampleSweep sweep({{32, "small", 1, Fate::done, 0.7},
                           {48, "small", 1, Fate::failed, {}},
                           {64, "small", 1, Fate::done, 0.9}});
  const SweepRecord record = read_sweep(sweep.database());
  const auto found = comparisons(record.cells, record.runs);
  REQUIRE(found.size() == 1);
  CHECK(found[0].first->resolution == 64);
  CHECK(found[0].second->resolution == 32);
  CHECK_FALSE(found[0].by_seed.standard_error);
}
