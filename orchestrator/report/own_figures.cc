#include "orchestrator/report/own_figures.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <numeric>
#include <set>

#include "orchestrator/report/number_text.h"
#include "orchestrator/report/own_scale.h"

namespace radsweep::report {
namespace {

constexpr double kPanelWidth = 330, kPanelHeight = 220;
constexpr std::size_t kMostNumberTicks = 8;  // of an axis of the grid; more: round numbers instead
constexpr std::size_t kMostEpochTicks = 12;

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

Panel new_panel(const std::string& title, const std::string& what, const Axis& x) {
  Panel panel;
  panel.title = title;
  panel.chart.title = what + " " + title;
  panel.chart.width = kPanelWidth;
  panel.chart.height = kPanelHeight;
  panel.chart.x = x;
  return panel;
}

double number_of(const std::string& text) {
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// The places of an axis' values: numbers where they belong, others side by side.
struct Values {
  Axis axis;
  std::vector<std::string> texts;  // from left to right
  std::vector<double> at;
};

Values placed(const OwnAxis& axis) {
  Values values;
  values.texts = axis.values;
  if (axis.numeric) std::ranges::sort(values.texts, {}, number_of);
  for (std::size_t i = 0; i < values.texts.size(); ++i) {
    values.at.push_back(axis.numeric ? number_of(values.texts[i]) : static_cast<double>(i) + 1);
  }
  values.axis.label = axis.name;
  if (axis.numeric && spans_decades(values.at.front(), values.at.back())) {
    values.axis.steps = Steps::logarithmic;
  }
  if (!axis.numeric || values.at.size() <= kMostNumberTicks) {
    values.axis.ticks = values.at;
    values.axis.words = values.texts;
  }
  return values;
}

Panel axis_panel(const OwnResults& results, std::size_t axis) {
  const Values values = placed(results.axes[axis]);
  Series dots, means;
  dots.mark = Mark::dots;
  means.mark = results.axes[axis].numeric ? Mark::means : Mark::markers;
  dots.colour = means.colour = static_cast<int>(axis) % kColours;
  for (std::size_t i = 0; i < values.at.size(); ++i) {
    std::vector<double> measured;
    for (const OwnRun& run : results.runs) {
      if (run.state != "done" || !run.best || run.values[axis] != values.texts[i]) continue;
      measured.push_back(*run.best);
      dots.points.push_back(
          {values.at[i], *run.best, {}, run.name + ": " + significant(*run.best, 4)});
    }
    if (measured.empty()) continue;
    const double mean = mean_of(measured);
    means.points.push_back(
        {values.at[i], mean, {}, values.texts[i] + ": mean " + significant(mean, 4)});
  }
  Panel panel = new_panel("by " + results.axes[axis].name, results.metric, values.axis);
  panel.chart.series = {std::move(dots), std::move(means)};
  return panel;
}

// From the first to the last epoch that any run has told.
Axis epoch_axis(const OwnResults& results) {
  std::set<int> epochs;
  for (const OwnRun& run : results.runs) {
    for (const auto& [epoch, value] : run.curve) epochs.insert(epoch);
  }
  Axis axis;
  axis.label = "epoch";
  if (epochs.empty()) return axis;
  axis.low = *epochs.begin();
  axis.high = *epochs.rbegin();
  if (epochs.size() <= kMostEpochTicks) axis.ticks.assign(epochs.begin(), epochs.end());
  return axis;
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

PanelRow axis_panels(const OwnResults& results) {
  PanelRow row;
  for (std::size_t axis = 0; axis < results.axes.size(); ++axis) {
    if (results.axes[axis].varies()) row.panels.push_back(axis_panel(results, axis));
  }
  row.scale_note = share_scale(row.panels, Outliers::shown);
  return row;
}

PanelRow curve_panels(const OwnResults& results) {
  const Axis epochs = epoch_axis(results);
  PanelRow row;
  for (const OwnCell& cell : results.cells) {
    const std::string title = results.title_of(cell);
    Panel panel =
        new_panel(title.empty() ? "all runs" : title, results.metric + " over epochs,", epochs);
    std::map<int, std::vector<double>> by_epoch;
    for (const OwnRun& run : results.runs) {
      if (run.variant != cell.variant) continue;
      panel.chart.series.push_back(curve_of(run));
      for (const auto& [epoch, value] : run.curve) by_epoch[epoch].push_back(value);
    }
    Series mean;
    for (const auto& [epoch, values] : by_epoch) {
      mean.points.push_back({static_cast<double>(epoch), mean_of(values), {}, ""});
    }
    panel.chart.series.push_back(std::move(mean));
    row.panels.push_back(std::move(panel));
  }
  row.scale_note = share_scale(row.panels, Outliers::cut_off);
  return row;
}

}  // namespace radsweep::report
