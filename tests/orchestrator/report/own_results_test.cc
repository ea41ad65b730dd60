// Results and page of a trainer of the user's.
#include "orchestrator/report/own_results.h"

#include <doctest/doctest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "db/query.h"
#include "orchestrator/report/escape.h"
#include "orchestrator/report/own_format.h"
#include "orchestrator/report/own_page.h"
#include "tests/orchestrator/report/own_sweep.h"
#include "tests/orchestrator/report/xml_check.h"

using namespace radsweep;
using namespace radsweep::report;
using doctest::Approx;

namespace {

std::string page_of(test::OwnSweep& sweep) {
  return own_page(read_sweep(sweep.database), read_own_results(sweep.database),
                  {"radsweep 0.1.0 (abc1234)", 1'709'210'099'999});
}

bool contains(const std::string& text, const std::string& piece) {
  return text.find(piece) != std::string::npos;
}

}  // namespace

TEST_CASE("cells of an own trainer are its axes without the seed, in the order of the file") {
  test::OwnSweep sweep("min");
  CHECK(has_own_trainer(sweep.database));
  const OwnResults results = read_own_results(sweep.database);
  REQUIRE(results.axes.size() == 2);
  CHECK(results.axes[0].name == "optimizer");
  CHECK(results.axes[0].values == std::vector<std::string>{"<sgd>", "adam"});
  CHECK_FALSE(results.axes[0].numeric);
  CHECK(results.axes[1].name == "lr");
  CHECK(results.axes[1].numeric);
  REQUIRE(results.cells.size() == 2);
  const OwnCell& first = results.cells[0];
  CHECK(first.values == std::vector<std::string>{"<sgd>", "0.1"});
  CHECK(first.n == 2);
  CHECK(*first.mean == Approx(0.2));
  CHECK(*first.std_dev == Approx(0.1 * std::sqrt(2.0)));
  CHECK(first.best_run == "sgd-s1");
  CHECK(*first.train_seconds == Approx(15));
  const OwnCell& second = results.cells[1];
  CHECK(second.n == 0);
  CHECK(second.missing_seeds == std::vector<std::int64_t>{1});
  CHECK(results.best_cell() == &first);
  CHECK(results.best_run()->name == "sgd-s1");
}

TEST_CASE("mode max takes the largest epoch and the largest run, mode min the smallest") {
  for (const std::string mode : {"min", "max"}) {
    CAPTURE(mode);
    test::OwnSweep sweep(mode);
    const OwnResults results = read_own_results(sweep.database);
    CHECK(*results.runs[0].best == Approx(mode == "min" ? 0.1 : 0.9));
    CHECK(*results.runs[0].best_epoch == (mode == "min" ? 1 : 0));
    CHECK(results.cells[0].best_run == (mode == "min" ? "sgd-s1" : "sgd-s2"));
  }
}

TEST_CASE("every format of an own trainer's results names its axes and objective") {
  test::OwnSweep sweep("min");
  const OwnResults results = read_own_results(sweep.database);
  CHECK(contains(results_as_text(results),
                 "optimizer  lr   n  my_loss mean ± std  min  max  time  best run  missing seeds"));
  CHECK(contains(results_as_text(results), "0.2 ± 0.14"));
  CHECK(contains(results_as_markdown(results), "| optimizer | lr | n |"));
  CHECK(contains(results_as_latex(results), "$0.2 \\pm 0.14$"));
  CHECK(contains(results_as_csv(results), "params.optimizer,params.lr,variant,metric,mode,n"));
  const auto json = nlohmann::json::parse(results_as_json(results));
  CHECK(json[0]["params"] == nlohmann::json{{"optimizer", "<sgd>"}, {"lr", 0.1}});
  CHECK(json[0]["mean"].get<double>() == Approx(0.2));
  CHECK(json[1]["mean"].is_null());
  CHECK(json[1]["missing_seeds"][0] == 1);
}

TEST_CASE("the page of an own trainer speaks of its axes, not of pixels and AUC") {
  test::OwnSweep sweep("min");
  const std::string page = page_of(sweep);
  for (std::size_t at = 0; (at = page.find("<svg", at)) != std::string::npos; ++at) {
    CHECK(test::xml_problem(page.substr(at, page.find("</svg>", at) + 6 - at)) == "");
  }
  CHECK(contains(page, "3 runs: optimizer (2) × seed (2), all with lr=0.1. Written"));
  CHECK(contains(page, "lowest mean my_loss"));
  CHECK(contains(page, "0.2 ± 0.14"));
  CHECK(contains(page, "1 of 3 runs is not done: 1 pending"));
  CHECK(contains(page, ">&lt;sgd&gt;</text>"));
  CHECK(contains(page, "15 s"));
  for (const char* foreign : {" px", "AUC", "<sgd>", "DenseNet", "LibTorch"}) {
    CAPTURE(foreign);
    CHECK_FALSE(contains(page, foreign));
  }
}

TEST_CASE("the views of own trainers answer a connection that trusts no schema") {
  test::OwnSweep sweep("min");
  for (const char* view : {"params", "objectives", "objective_summary"}) {
    CAPTURE(view);
    CHECK(db::query(sweep.database, std::string("SELECT * FROM ") + view).rows.size() >= 2);
  }
}

TEST_CASE("a pruned run of an own trainer is missing, named as pruned, in tables and on the page") {
  test::OwnSweep sweep("min");
  const db::Fence fence = sweep.queue.claim_next("cpu:0").value().fence;
  sweep.queue.prune(fence, "epoch 3: 0.9 is above 0.2, the median of 2 other runs");
  sweep.queue.release(fence, "stopped", "checkpointed and left");
  const OwnResults results = read_own_results(sweep.database);
  CHECK(results.pruned_runs() == 1);
  CHECK(results.cells[1].pruned == 1);
  CHECK(results.cells[0].pruned == 0);
  CHECK(contains(results_as_text(results), "1 (pruned)"));
  const std::string note = "leave out 1 pruned run";
  CHECK(contains(results_as_text(results), note));
  CHECK(contains(results_as_latex(results), note));
  CHECK(contains(page_of(sweep), note));
  CHECK(contains(page_of(sweep), "1 pruned"));
  const auto json = nlohmann::json::parse(results_as_json(results));
  CHECK(json[1]["pruned_seeds"] == nlohmann::json({1}));
  CHECK(contains(results_as_csv(results), "best_run,pruned,pruned_seeds"));
  OwnResults without_seeds = results;
  without_seeds.has_seeds = false;
  CHECK(missing_text(without_seeds, results.cells[1]) == "1 run, 1 pruned");
}

TEST_CASE("an axis with one value is told once on the page and stays in the data") {
  test::OwnSweep sweep("min");
  const std::string page = page_of(sweep);
  CHECK(contains(page, "<th>optimizer</th>"));
  CHECK_FALSE(contains(page, "<th>lr</th>"));
  CHECK(contains(page, "<div class=\"panel\"><p>optimizer=&lt;sgd&gt;</p>"));
  CHECK(contains(page, "optimizer=&lt;sgd&gt;, n = 2"));
  const OwnResults results = read_own_results(sweep.database);
  CHECK(results.title_of(results.cells[1]) == "optimizer=adam");
  CHECK(contains(results_as_csv(results), "<sgd>,0.1,"));
  CHECK(contains(results_as_latex(results), "adam & 0.1 &"));
}

TEST_CASE(
    "numbers of a grid are spelled as in the names of runs, whatever order their run has them in") {
  test::OwnSweep sweep("min");
  db::NewRun turned = test::OwnSweep::run("adam", 3, "min", "1E+6");
  turned.config = R"({"command":["./train"],"objective":{"metric":"my_loss","mode":"min"},)"
                  R"("params":{"seed":3,"lr":1E+6,"optimizer":"adam"}})";
  sweep.queue.set_runs({"own", "name: own\n"},
                       {test::OwnSweep::run("adam", 1, "min", "0.00001"), turned});
  const OwnResults results = read_own_results(sweep.database);
  CHECK(results.cells.at(0).values == std::vector<std::string>{"adam", "1e-5"});
  CHECK(results.cells.at(1).values == std::vector<std::string>{"adam", "1e6"});
  for (const std::string& text : {results_as_text(results), page_of(sweep)}) {
    CHECK(contains(text, "1e-5"));
    CHECK(contains(text, "1e6"));
    CHECK_FALSE(contains(text, "1e-05"));
    CHECK_FALSE(contains(text, "1e+06"));
  }
  CHECK(nlohmann::json::parse(results_as_json(results))[0]["params"]["lr"] == 1e-5);
}

TEST_CASE("a page of an own trainer says that a scale is logarithmic") {
  test::OwnSweep sweep("min");
  CHECK_FALSE(contains(page_of(sweep), "logarithmic"));
  sweep.finish({{0, 1000.0}, {1, 0.2}}, 10);
  CHECK(contains(page_of(sweep), "Strong: their mean. The scale is logarithmic."));
}
