#include "orchestrator/report/own_figures.h"

#include <doctest/doctest.h>

#include "tests/orchestrator/report/xml_check.h"

using namespace radsweep::report;

namespace {

// One done run for each value of the only axis that varies; each has told epochs 1 to 6.
OwnResults results_of(const std::vector<std::string>& values, bool numeric) {
  OwnResults results;
  results.metric = "loss";
  results.mode = "min";
  results.axes = {{"lr", values, numeric}, {"model", {"small"}, false}};
  double best = 1;
  for (const std::string& value : values) {
    OwnRun run;
    run.name = run.variant = "lr=" + value + " model=small";
    run.values = {value, "small"};
    run.state = "done";
    run.best = best++;
    for (int epoch = 1; epoch <= 6; ++epoch) run.curve.emplace_back(epoch, *run.best + epoch);
    OwnCell cell;
    cell.variant = run.variant;
    cell.values = run.values;
    results.cells.push_back(cell);
    results.runs.push_back(run);
  }
  return results;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("numbers of an axis stand in their order, far apart ones on a logarithmic axis") {
  const PanelRow row = axis_panels(results_of({"1e-5", "0.001", "0.1", "10", "9"}, true));
  REQUIRE(row.panels.size() == 1);  // an axis with one value has none
  const Chart& chart = row.panels[0].chart;
  CHECK(row.panels[0].title == "by lr");
  CHECK(chart.x.label == "lr");
  CHECK(chart.x.words == Texts{"1e-5", "0.001", "0.1", "9", "10"});
  CHECK(chart.x.ticks == std::vector<double>{1e-5, 0.001, 0.1, 9, 10});
  CHECK(chart.x.steps == Steps::logarithmic);
  const Series& means = chart.series[1];
  CHECK(means.mark == Mark::means);
  CHECK(means.points[3].x == 9);
  CHECK(means.points[3].y == 5);  // the last of the grid
  CHECK(axis_panels(results_of({"8", "32", "16"}, true)).panels[0].chart.x.steps == Steps::equal);
  CHECK(axis_panels(results_of({"0", "1000"}, true)).panels[0].chart.x.steps == Steps::equal);
}

TEST_CASE("texts and booleans stand side by side in the order of the grid, not joined") {
  for (const Texts& values : {Texts{"sgd", "adam"}, Texts{"true", "false"}}) {
    const Chart chart = axis_panels(results_of(values, false)).panels.at(0).chart;
    CHECK(chart.x.words == values);
    CHECK(chart.series[1].mark == Mark::markers);
    const std::string picture = svg(chart);
    CHECK(picture.find("<polyline") == picture.npos);
    for (const std::string& value : values) {
      CHECK(picture.find(">" + value + "</text>") != picture.npos);
    }
  }
}

TEST_CASE("very many numbers are not all ticks") {
  Texts values;
  for (int i = 0; i < 100; ++i) values.push_back(std::to_string(i));
  const Chart chart = axis_panels(results_of(values, true)).panels.at(0).chart;
  CHECK(chart.x.ticks.empty());
  CHECK(radsweep::test::xml_problem(svg(chart)) == "");
}

TEST_CASE("curves run over the epochs that were told, and titles name what tells cells apart") {
  const PanelRow row = curve_panels(results_of({"0.1", "1e-5"}, true));
  REQUIRE(row.panels.size() == 2);
  CHECK(row.panels[1].title == "lr=1e-5");
  CHECK(row.panels[0].chart.x.ticks == std::vector<double>{1, 2, 3, 4, 5, 6});
  CHECK(curve_panels(results_of({"0.1"}, true)).panels.at(0).title == "all runs");
  OwnResults long_ones = results_of({"0.1"}, true);
  for (int epoch = 7; epoch <= 90; ++epoch) long_ones.runs[0].curve.emplace_back(epoch, 1);
  const Axis x = curve_panels(long_ones).panels.at(0).chart.x;
  CHECK(x.ticks.empty());
  CHECK(*x.low == 1);
  CHECK(*x.high == 90);
}
