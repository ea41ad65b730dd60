#include "orchestrator/report/figure_files.h"

#include <doctest/doctest.h>

#include "base/durable_file.h"
#include "tests/orchestrator/report/own_sweep.h"
#include "tests/orchestrator/report/sample_sweep.h"
#include "tests/orchestrator/report/xml_check.h"

using namespace radsweep;
using namespace radsweep::report;
using test::Fate;

TEST_CASE("every figure becomes a well-formed SVG file with plain colours") {
  test::SampleSweep sweep({{160, "densenet121", 1, Fate::done, 0.8},
                           {160, "densenet121", 2, Fate::done, 0.9},
                           {320, "a/../b", 1, Fate::done, 0.8}});
  const auto folder = sweep.folder() / "figures";
  const auto names = write_figures(read_sweep(sweep.database()), folder);
  CHECK(names == std::vector<std::string>{"auc.svg", "roc-a-..-b-320-px.svg",
                                          "roc-densenet121-160-px.svg", "auc-a-..-b-320-px.svg",
                                          "auc-densenet121-160-px.svg", "loss-a-..-b-320-px.svg",
                                          "loss-densenet121-160-px.svg", "learning-rate-body.svg",
                                          "learning-rate-head.svg"});
  for (const std::string& name : names) {
    const std::string picture = read_file(folder / name);
    CAPTURE(name);
    CHECK(test::xml_problem(picture) == "");
    CHECK(picture.starts_with("<svg width="));
    CHECK(picture.find("var(") == picture.npos);
    CHECK(picture.find(".c0 { color: #0072b2; }") != picture.npos);
  }
}

TEST_CASE("figures of an own trainer are those of its page, and say themselves what they show") {
  test::OwnSweep sweep("min");
  const auto folder = sweep.folder / "figures";
  const auto names = write_figures(read_own_results(sweep.database), folder);
  CHECK(names == std::vector<std::string>{"my_loss-by-optimizer.svg", "my_loss-optimizer=-sgd.svg",
                                          "my_loss-optimizer=adam.svg"});
  for (const std::string& name : names) {
    CHECK(test::xml_problem(read_file(folder / name)) == "");
  }
  CHECK(read_file(folder / names[0]).find(">my_loss</text>") != std::string::npos);
  CHECK(read_file(folder / names[0]).find("no data yet") == std::string::npos);
}

TEST_CASE("a file has a name that file systems and shells take, whatever metric and values are") {
  OwnResults results;
  results.metric = "потеря";
  results.axes = {{"text", {std::string(300, 'a'), std::string(300, 'a') + "b"}, false}};
  for (const std::string& value : results.axes[0].values) {
    OwnCell cell;
    cell.variant = value;
    cell.values = {value};
    results.cells.push_back(cell);
  }
  test::TempDir folder;
  const auto names = write_figures(results, folder.path());
  CHECK(names.size() == 3);
  CHECK(names[0] == "figure-by-text.svg");
}
