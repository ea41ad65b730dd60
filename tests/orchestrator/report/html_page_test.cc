#include "orchestrator/report/html_page.h"

#include <doctest/doctest.h>

#include <regex>

#include "db/run_queue.h"
#include "orchestrator/report/escape.h"
#include "orchestrator/report/evaluation_tables.h"
#include "orchestrator/report/last_epoch.h"
#include "orchestrator/report/number_text.h"
#include "orchestrator/report/page_notes.h"
#include "tests/orchestrator/report/sample_sweep.h"
#include "tests/orchestrator/report/xml_check.h"

using namespace radsweep;
using namespace radsweep::report;
using test::Fate;

namespace {

const PageOrigin kOrigin{"radsweep 0.1.0 (abc1234)", 1'709'210'099'999};

std::vector<test::SampleRun> paper_runs() {
  std::vector<test::SampleRun> runs;
  for (const char* architecture : {"densenet121", "densenet161"}) {
    for (const int resolution : {160, 320, 480}) {
      for (std::int64_t seed = 1; seed <= 5; ++seed) {
        const double auc = 0.78 + resolution * 1e-4 + static_cast<double>(seed * seed) * 1e-3;
        runs.push_back({resolution, architecture, seed, Fate::done, auc});
      }
    }
  }
  return runs;
}

std::string page_of(const std::vector<test::SampleRun>& runs, const std::string& name = "sample") {
  test::SampleSweep sweep(runs, name);
  return html_page(read_sweep(sweep.database()), kOrigin);
}

bool contains(const std::string& text, const std::string& piece) {
  return text.find(piece) != std::string::npos;
}

}  // namespace

TEST_CASE("the page shows every number of the summary") {
  test::SampleSweep sweep(paper_runs());
  const SweepRecord record = read_sweep(sweep.database());
  const std::string page = html_page(record, kOrigin);
  REQUIRE(record.cells.size() == 6);
  for (const Cell& cell : record.cells) {
    CHECK(contains(page, ">" + mean_and_std(cell) + "<"));
    CHECK(contains(page, ">" + points(*cell.min) + "<"));
    CHECK(contains(page, ">" + points(*cell.max) + "<"));
    CHECK(contains(page, ">" + cell.best_run + "<"));
  }
  for (const RunRow& run : record.runs)
    CHECK(contains(page, run.name + ": " + points(*run.best_auc)));
}

TEST_CASE("the page needs nothing but itself") {
  const std::string page = page_of(paper_runs());
  CHECK_FALSE(contains(page, "<script"));
  CHECK_FALSE(contains(page, "src="));
  CHECK_FALSE(contains(page, "href="));
  CHECK_FALSE(contains(page, "url("));
  CHECK_FALSE(contains(page, "@import"));
  CHECK(contains(page, "prefers-color-scheme: dark"));
  CHECK(contains(page, "@media print"));
}

TEST_CASE("every chart of the page is well-formed XML") {
  const std::string page = page_of(paper_runs());
  std::size_t charts = 0;
  for (auto at = page.find("<svg"); at != std::string::npos; at = page.find("<svg", at + 1)) {
    CHECK(test::xml_problem(page.substr(at, page.find("</svg>", at) + 6 - at)) == "");
    ++charts;
  }
  CHECK(charts == 1 + 6 + 6 + 6 + 2);  // figure 1, three panels a cell, two schedules
  std::size_t bands = 0;
  for (auto at = page.find("\"band c"); at != std::string::npos;
       at = page.find("\"band c", at + 1)) {
    ++bands;
  }
  CHECK(bands == 6 * (1 + 1 + 2));  // a cell's ROC, AUC, and both losses
}

TEST_CASE("examples are shown with label, probability and views, or with why there are none") {
  test::SampleSweep sweep(paper_runs());
  const SweepRecord record = read_sweep(sweep.database());
  Examples examples{"", "320-densenet121-s5", "Atelectasis", 320, {}};
  examples.studies = {
      {"first positive", "valid/a<b/study1", 1, 0.876, {"data:image/jpeg;base64,AA=="}},
      {"first negative", "valid/c/study1", 0, 0.123, {"data:x", "data:y"}}};
  const std::string page = html_page(record, kOrigin, examples);
  CHECK(contains(
      page, "<img src=\"data:image/jpeg;base64,AA==\" alt=\"a view of valid/a&lt;b/study1\">"));
  CHECK(contains(page, "<b>Atelectasis</b>, probability 0.88"));
  CHECK(contains(page, "<b>no Atelectasis</b>, probability 0.12"));
  CHECK(contains(page, "<img src=\"data:x\" alt=\"a view of valid/c/study1\"><img src=\"data:y\""));
  const std::string without = html_page(record, kOrigin, {"the cache is <gone>", "", "", 0, {}});
  CHECK(contains(without, "<p>No images: the cache is &lt;gone&gt;.</p>"));
  CHECK_FALSE(contains(without, "<img"));
  CHECK_FALSE(contains(html_page(record, kOrigin), "<h2>Examples</h2>"));
}

TEST_CASE("foreign text cannot become markup") {
  auto runs = paper_runs();
  runs[0].architecture = "<script>alert(1)</script>";
  runs[1].fate = Fate::failed;  // its error and log hold '<' and '&'
  const std::string page = page_of(runs, "a <b> sweep");
  CHECK_FALSE(contains(page, "<script"));
  CHECK(contains(page, "<title>a &lt;b&gt; sweep: results</title>"));
  CHECK(contains(page, "the loss is not a number &lt;at step 7&gt;"));
  CHECK(contains(page, "last &amp; line"));
  CHECK(contains(page, "&lt;b&gt;not markup&lt;/b&gt;"));  // the sweep file
}

TEST_CASE("a page of an unfinished sweep says what is missing") {
  const std::string page = page_of({{160, "densenet121", 1, Fate::done, 0.8},
                                    {160, "densenet121", 2, Fate::failed, {}},
                                    {160, "densenet121", 3, Fate::running, {}},
                                    {160, "densenet121", 4, Fate::pending, {}}});
  CHECK(contains(page, "3 of 4 runs are not done: 1 failed, 1 pending, 1 running."));
  CHECK(contains(page, "Seeds without a measured AUC: densenet121 at 160: 2, 3, 4."));
  CHECK(contains(page, "not enough data"));
}

TEST_CASE("a page of a sweep that has not begun is whole") {
  const std::string page = page_of({{160, "densenet121", 1, Fate::pending, {}}});
  CHECK(contains(page, "no data yet"));
  CHECK(contains(page, "</html>"));
  CHECK(contains(page_of({}), "</html>"));
}

TEST_CASE("the page warns that the best epoch is optimistic and gives chance's level") {
  test::SampleSweep sweep(paper_runs());
  const SweepRecord record = read_sweep(sweep.database());
  CHECK(floor_of(record) > 0.55);  // 10 + 10 studies, best of 3 epochs
  CHECK(contains(html_page(record, kOrigin), "optimistic"));
  CHECK(contains(html_page(record, kOrigin), points(floor_of(record))));
}

TEST_CASE("the last epoch's AUC is not the best one's") {
  test::SampleSweep sweep(paper_runs());
  const SweepRecord record = read_sweep(sweep.database());
  const auto last = last_epoch_auc(record, record.cells[0]);
  REQUIRE(last);
  CHECK(last->n == 5);
  CHECK(last->mean == doctest::Approx(*record.cells[0].mean - 0.06));
  CHECK(*last->std_dev == doctest::Approx(*record.cells[0].std_dev));
}

TEST_CASE("the page shows ensembles, intervals of runs, and differences between cells") {
  test::SampleSweep sweep(paper_runs());
  const SweepRecord record = read_sweep(sweep.database());
  const std::string page = html_page(record, kOrigin);
  for (const Cell& cell : record.cells) CHECK(contains(page, ">" + ensemble_text(cell) + "<"));
  for (const RunRow& run : record.runs) {
    REQUIRE(run.delong);
    REQUIRE(run.bootstrap);
    CHECK(contains(page, ">" + interval_text(run.delong) + "<"));
    CHECK(contains(page, ">" + interval_text(run.bootstrap) + "<"));
    CHECK(run.best_loss_epoch == 2);
    CHECK(*run.auc_at_best_loss == doctest::Approx(*run.best_auc - 0.06));
  }
  CHECK(contains(page, ">densenet161: 480 − 320<"));
  CHECK(contains(page, ">at 480: densenet161 − densenet121<"));
  CHECK_FALSE(contains(page_of({}), "id=\"comparisons\""));
}

TEST_CASE("provenance lists every value with the runs that have it") {
  const std::string page = page_of(paper_runs());
  CHECK(contains(page, "0.1.0 (abc1234)"));
  CHECK(contains(page, std::string(64, 'd')));
  CHECK(contains(page, "recipe.epochs"));
  CHECK(contains(page, "1, 2, 3, 4, 5"));  // the axis of seeds
}

TEST_CASE("the same sweep gives the same page") {
  CHECK(page_of(paper_runs()) == page_of(paper_runs()));
}

TEST_CASE("the page names pruned runs and warns of the means that leave them out") {
  test::SampleSweep sweep({{160, "densenet121", 1, test::Fate::done, 0.8},
                           {160, "densenet121", 2, test::Fate::running, {}}});
  db::RunQueue queue(sweep.database(), [] { return 1; });
  const db::Fence fence = queue.open_attempts().at(0).fence;
  const std::string note = "leave out 1 pruned run";
  CHECK_FALSE(contains(html_page(read_sweep(sweep.database()), kOrigin), note));
  queue.prune(fence, "epoch 3: 0.713 is below 0.761");
  queue.release(fence, "stopped", "checkpointed and left");
  const std::string page = html_page(read_sweep(sweep.database()), kOrigin);
  CHECK(contains(page, note));
  CHECK(contains(page, "1 of 2 runs is not done: 1 pruned"));
  CHECK(contains(page, "Seeds without a measured AUC: densenet121 at 160: 2 (pruned)."));
}

TEST_CASE("a sweep without the paper's cells has one sentence instead of the paper's statements") {
  std::vector<test::SampleRun> runs;
  for (const int resolution : {24, 48}) {
    for (std::int64_t seed = 1; seed <= 3; ++seed) {
      const double auc = 0.7 + resolution * 1e-3 + static_cast<double>(seed) * 1e-3;
      runs.push_back({resolution, "tiny", seed, Fate::done, auc});
    }
  }
  const std::string page = page_of(runs);
  CHECK_FALSE(contains(page, "id=\"paper\""));
  CHECK(contains(page, "this sweep has none of these cells.</p>"));
  CHECK(contains(page, "id=\"orderings\""));
  CHECK(contains(page_of(paper_runs()), "id=\"paper\""));
}

TEST_CASE("a sweep whose cells have too few seeds has one sentence instead of open claims") {
  const std::string page =
      page_of({{24, "tiny", 1, Fate::done, 0.7}, {48, "tiny", 1, Fate::done, 0.8}});
  CHECK_FALSE(contains(page, "id=\"orderings\""));
  CHECK(contains(page, "a cell needs 3 measured seeds"));
  CHECK_FALSE(contains(page, "not enough data"));
}

TEST_CASE("the page has one family of letters, and numbers that stand out are not broken") {
  const std::string page = page_of(paper_runs());
  const std::regex serif("[^-]serif");
  CHECK_FALSE(std::regex_search(page, serif));
  CHECK(std::regex_search(page, std::regex("\\.tile \\.value \\{[^}]*white-space: nowrap")));
  CHECK(std::regex_search(page, std::regex("\\.n \\{[^}]*white-space: nowrap")));
}
