#include <algorithm>
#include <cmath>
#include <map>

#include "orchestrator/report/figures.h"

namespace radsweep::report {
namespace {

constexpr int kMostSchedules = 8;  // one per colour; a sweep over learning rates may have more
using Rates = std::vector<std::pair<int, double>>;  // epoch, rate

// Every distinct course of one rate, and a name for it: the variants that share it.
std::map<Rates, std::string> distinct_schedules(const SweepRecord& record,
                                                std::optional<double> EpochRow::*rate) {
  std::map<std::string, Rates> by_run;
  for (const EpochRow& epoch : record.epochs) {
    if (epoch.*rate) by_run[epoch.run].emplace_back(epoch.epoch, *(epoch.*rate));
  }
  std::map<Rates, std::string> schedules;
  for (const RunRow& run : record.runs) {
    // a run under way would look like a schedule of its own
    if (run.state == "done" && by_run.count(run.name) > 0) {
      schedules.emplace(by_run[run.name], run.variant);
    }
  }
  return schedules;
}

std::string superscript(int exponent) {
  static const char* const kDigits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string text;
  for (const char digit : std::to_string(std::abs(exponent))) text += kDigits[digit - '0'];
  return (exponent < 0 ? "⁻" : "") + text;
}

Panel panel_of(const SweepRecord& record, std::optional<double> EpochRow::*rate,
               const std::string& title) {
  const auto schedules = distinct_schedules(record, rate);
  double largest = 0;
  for (const auto& [rates, name] : schedules) {
    for (const auto& [epoch, value] : rates) largest = std::max(largest, value);
  }
  const int exponent = largest > 0 ? static_cast<int>(std::floor(std::log10(largest) + 1e-9)) : 0;
  const double unit = std::pow(10.0, exponent);

  Panel panel;
  panel.title = title;
  panel.chart.title = "Largest learning rate of each epoch: " + title;
  panel.chart.width = 420;
  panel.chart.height = 240;
  panel.chart.x.label = "epoch";
  panel.chart.y.label = "learning rate × 10" + superscript(exponent);
  panel.chart.y.low = 0;
  std::map<int, bool> epochs;
  for (const auto& [rates, name] : schedules) {
    if (static_cast<int>(panel.chart.series.size()) == kMostSchedules) break;
    Series series;
    series.name = schedules.size() > 1 ? (name.empty() ? "base" : name) : "";
    series.colour = static_cast<int>(panel.chart.series.size());
    series.mark = Mark::means;
    for (const auto& [epoch, value] : rates) {
      series.points.push_back({static_cast<double>(epoch), value / unit, std::nullopt, ""});
      epochs[epoch] = true;
    }
    panel.chart.series.push_back(std::move(series));
  }
  if (epochs.size() <= 12) {
    for (const auto& [epoch, present] : epochs) panel.chart.x.ticks.push_back(epoch);
  }
  return panel;
}

}  // namespace

std::vector<Panel> schedule_panels(const SweepRecord& record) {
  return {panel_of(record, &EpochRow::lr_body, "body"),
          panel_of(record, &EpochRow::lr_head, "head")};
}

}  // namespace radsweep::report
