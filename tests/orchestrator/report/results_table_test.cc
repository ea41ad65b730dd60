#include "orchestrator/report/results_table.h"

#include <doctest/doctest.h>

#include <cmath>
#include <map>

#include "db/query.h"
#include "orchestrator/report/table_reader.h"
#include "tests/orchestrator/report/sample_sweep.h"

using namespace radsweep;
using namespace radsweep::report;
using test::Fate;

TEST_CASE("read_results names the seeds of a cell that have no AUC, whatever the reason") {
  test::SampleSweep sweep({{160, "densenet121", 1, Fate::done, 0.80},
                           {160, "densenet121", 2, Fate::done, 0.82},
                           {160, "densenet121", 3, Fate::failed, {}},
                           {160, "densenet121", 4, Fate::running, {}},
                           {160, "densenet121", 5, Fate::pending, {}},
                           {320, "densenet121", 1, Fate::done, -1.0},
                           {160, "densenet121", 1, Fate::done, 0.7, "base_lr=0.1"}});
  const auto cells = read_results(sweep.database());
  REQUIRE(cells.size() == 3);
  CHECK(cells[0].variant == "");
  CHECK(cells[0].n == 2);
  CHECK(cells[0].missing_seeds == std::vector<std::int64_t>{3, 4, 5});
  CHECK(*cells[0].mean == doctest::Approx(0.81));
  CHECK(*cells[0].std_dev == doctest::Approx(0.01 * std::sqrt(2)));
  CHECK(cells[0].best_run == "160-densenet121-s2");
  CHECK(cells[1].resolution == 320);  // one class only: no AUC, hence missing
  CHECK(cells[1].n == 0);
  CHECK(cells[1].missing_seeds == std::vector<std::int64_t>{1});
  CHECK_FALSE(cells[1].mean);
  CHECK(cells[2].variant == "base_lr=0.1");
  CHECK_FALSE(cells[2].std_dev);
}

TEST_CASE("mean and deviation are those of the stored predictions") {
  std::vector<test::SampleRun> runs;
  for (const int resolution : {32, 48}) {
    for (std::int64_t seed = 1; seed <= 5; ++seed) {
      runs.push_back({resolution, "small", seed, Fate::done, {}});
    }
  }
  test::SampleSweep sweep(runs);
  for (const Cell& cell : read_results(sweep.database())) {
    TableReader rows(db::query(sweep.database(),
                               "SELECT run_id, study, label, probability FROM predictions"
                               " WHERE resolution = ?1",
                               {std::int64_t{cell.resolution}}));
    std::map<std::string, std::vector<db::PredictionRow>> by_run;
    while (rows.next()) {
      by_run[rows.text("run_id")].push_back(
          {rows.text("study"), rows.small("label"), 0, *rows.optional_real("probability")});
    }
    REQUIRE(by_run.size() == 5);
    double sum = 0, squares = 0;
    for (const auto& [run, predictions] : by_run) sum += test::auc_by_pairs(predictions);
    for (const auto& [run, predictions] : by_run) {
      squares += std::pow(test::auc_by_pairs(predictions) - sum / 5, 2);
    }
    CHECK(*cell.mean == doctest::Approx(sum / 5).epsilon(1e-12));
    CHECK(*cell.std_dev == doctest::Approx(std::sqrt(squares / 4)).epsilon(1e-12));
    CHECK(*cell.std_dev > 0);
  }
}

TEST_CASE("the ensemble of a cell is the AUC of its seeds' mean logits") {
  test::SampleSweep sweep({{160, "densenet121", 1, Fate::done, {}},
                           {160, "densenet121", 2, Fate::done, {}},
                           {160, "densenet121", 3, Fate::failed, {}},
                           {320, "densenet121", 1, Fate::pending, {}}});
  TableReader rows(db::query(sweep.database(),
                             "SELECT study, label, avg(logit) AS logit FROM predictions"
                             " GROUP BY study, label"));
  std::vector<db::PredictionRow> means;
  while (rows.next()) {
    const double logit = *rows.optional_real("logit");
    means.push_back({rows.text("study"), rows.small("label"), logit, logit});
  }
  const auto cells = read_results(sweep.database());
  REQUIRE(cells[0].ensemble);
  CHECK(cells[0].ensemble->n == 2);
  CHECK(cells[0].ensemble->auc == doctest::Approx(test::auc_by_pairs(means)).epsilon(1e-12));
  REQUIRE(cells[0].ensemble->interval);
  CHECK(cells[0].ensemble->interval->low < cells[0].ensemble->auc);
  CHECK(cells[0].ensemble->interval->high > cells[0].ensemble->auc);
  CHECK_FALSE(cells[1].ensemble);
}
