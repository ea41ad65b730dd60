#include "orchestrator/report/own_scale.h"

#include <doctest/doctest.h>

using namespace radsweep::report;

namespace {

Panel panel_of(const std::vector<double>& values) {
  Panel panel;
  Series& series = panel.chart.series.emplace_back();
  series.weight = Weight::faint;
  double x = 0;
  for (const double value : values) series.points.push_back({x++, value, {}, ""});
  return panel;
}

std::vector<double> evenly(double from, double to, int count) {
  std::vector<double> values;
  for (int i = 0; i < count; ++i) values.push_back(from + (to - from) * i / (count - 1));
  return values;
}

}  // namespace

TEST_CASE("all panels get one range, and means and dots keep all of theirs") {
  std::vector<Panel> panels = {panel_of({1, 2}), panel_of({-3})};
  CHECK(share_scale(panels, Outliers::shown) == "");
  for (const Panel& panel : panels) {
    CHECK(*panel.chart.y.low == -3);
    CHECK(*panel.chart.y.high == 2);
    CHECK(panel.chart.y.steps == Steps::equal);
    CHECK(panel.chart.y.beyond == Beyond::widens);
  }
}

TEST_CASE("a run that diverged does not press the others into a line, and is counted") {
  std::vector<double> values = evenly(-1, 1, 200);
  values.push_back(1e6);
  std::vector<Panel> panels = {panel_of(values), panel_of({0.5})};
  CHECK(share_scale(panels, Outliers::cut_off) == "1 of 202 values lies outside the range shown.");
  CHECK(*panels[1].chart.y.high < 2);
  CHECK(*panels[1].chart.y.low == -1);  // the widened range does not go beyond the data
  CHECK(panels[1].chart.y.beyond == Beyond::cut_off);
}

TEST_CASE("positive values over two decades are on a logarithmic scale") {
  std::vector<Panel> panels = {panel_of({0.01, 0.5}), panel_of({1.0})};
  CHECK(share_scale(panels, Outliers::cut_off) == "The scale is logarithmic.");
  CHECK(panels[0].chart.y.steps == Steps::logarithmic);
  CHECK(*panels[0].chart.y.low == doctest::Approx(0.01));
  CHECK(*panels[0].chart.y.high == doctest::Approx(1));
  for (const std::vector<double>& values : {std::vector<double>{0.02, 1}, {0, 100}, {-1, 1000}}) {
    panels = {panel_of(values)};
    CHECK(share_scale(panels, Outliers::cut_off) == "");
    CHECK(panels[0].chart.y.steps == Steps::equal);
  }
}

TEST_CASE("panels without values, or with one, have a scale nonetheless") {
  std::vector<Panel> panels = {panel_of({})};
  CHECK(share_scale(panels, Outliers::cut_off) == "");
  panels = {panel_of({3})};
  CHECK(share_scale(panels, Outliers::cut_off) == "");
  CHECK(svg(panels[0].chart).find("nan") == std::string::npos);
}
