#include "orchestrator/report/own_figures.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "orchestrator/report/number_text.h"

namespace radsweep::report {
namespace {

constexpr double kPanelWidth = 330, kPanelHeight = 220;

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

Panel new_panel(const std::string& title, const std::string& what, const std::string& x_label) {
  Panel panel;
  panel.title = title;
  panel.chart.title = what + ", " + title;
  panel.chart.width = kPanelWidth;
  panel.chart.height = kPanelHeight;
  panel.chart.x.label = x_label;
  return panel;
}

// The same vertical range in all panels, so that they can be compared.
void share_range(std::vector<Panel>& panels) {
  std::optional<double> low, high;
  for (const Panel& panel : panels) {
    for (const Series& series : panel.chart.series) {
      for (const Point& point : series.points) {
        low = std::min(low.value_or(point.y), point.y);
        high = std::max(high.value_or(point.y), point.y);
      }
    }
  }
  for (Panel& panel : panels) {
    panel.chart.y.low = low;
    panel.chart.y.high = high;
  }
}

// In the order of the grid.
std::vector<std::string> distinct_values(const OwnResults& results, std::size_t axis) {
  std::vector<std::string> values;
  for (const OwnRun& run : results.runs) {
    if (std::ranges::find(values, run.values[axis]) == values.end()) {
      values.push_back(run.values[axis]);
    }
  }
  return values;
}

Panel axis_panel(const OwnResults& results, std::size_t axis,
                 const std::vector<std::string>& values) {
  std::string title = results.axes[axis] + ":";
  Series dots, means;
  dots.mark = Mark::dots;
  means.mark = Mark::means;
  dots.colour = means.colour = static_cast<int>(axis) % kColours;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double x = static_cast<double>(i) + 1;
    title += (i == 0 ? " " : ", ") + std::to_string(i + 1) + " = " + values[i];
    std::vector<double> measured;
    for (const OwnRun& run : results.runs) {
      if (run.state != "done" || !run.best || run.values[axis] != values[i]) continue;
      measured.push_back(*run.best);
      dots.points.push_back({x, *run.best, {}, run.name + ": " + significant(*run.best, 4)});
    }
    if (measured.empty()) continue;
    const double mean = mean_of(measured);
    means.points.push_back({x, mean, {}, values[i] + ": mean " + significant(mean, 4)});
  }
  Panel panel = new_panel(title, results.metric, results.axes[axis]);
  for (std::size_t i = 1; i <= values.size(); ++i) {
    panel.chart.x.ticks.push_back(static_cast<double>(i));
  }
  panel.chart.series = {std::move(dots), std::move(means)};
  return panel;
}

Series curve_of(const OwnRun& run) {
  Series series;
  series.weight = Weight::faint;
  for (const auto& [epoch, value] : run.curve) {
    series.points.push_back({static_cast<double>(epoch), value, {}, ""});
  }
  return series;
}

}  // namespace

std::vector<Panel> axis_panels(const OwnResults& results) {
  std::vector<Panel> panels;
  for (std::size_t axis = 0; axis < results.axes.size(); ++axis) {
    const auto values = distinct_values(results, axis);
    if (values.size() > 1) panels.push_back(axis_panel(results, axis, values));
  }
  share_range(panels);
  return panels;
}

std::vector<Panel> curve_panels(const OwnResults& results) {
  std::vector<Panel> panels;
  for (const OwnCell& cell : results.cells) {
    Panel panel = new_panel(cell.variant.empty() ? "all runs" : cell.variant,
                            results.metric + " over epochs", "epoch");
    std::map<int, std::vector<double>> epochs;
    for (const OwnRun& run : results.runs) {
      if (run.variant != cell.variant) continue;
      panel.chart.series.push_back(curve_of(run));
      for (const auto& [epoch, value] : run.curve) epochs[epoch].push_back(value);
    }
    Series mean;
    for (const auto& [epoch, values] : epochs) {
      mean.points.push_back({static_cast<double>(epoch), mean_of(values), {}, ""});
    }
    panel.chart.series.push_back(std::move(mean));
    panels.push_back(std::move(panel));
  }
  share_range(panels);
  return panels;
}

}  // namespace radsweep::report
