#include "orchestrator/report/own_scale.h"

#include <algorithm>
#include <cmath>

#include "orchestrator/report/page_parts.h"
#include "orchestrator/report/svg_layout.h"

namespace radsweep::report {
namespace {

using Values = std::vector<double>;

template <typename Wanted>
Values values_of(const std::vector<Panel>& panels, Wanted&& wanted) {
  Values values;
  for (const Panel& panel : panels) {
    for (const Series& series : panel.chart.series) {
      if (!wanted(series)) continue;
      for (const Point& point : series.points) values.push_back(point.y);
    }
  }
  std::ranges::sort(values);
  return values;
}

double quantile(const Values& sorted, double part) {
  const double place = part * static_cast<double>(sorted.size() - 1);
  return sorted[static_cast<std::size_t>(std::lround(place))];
}

struct Ends {
  double low, high;
};

// Of equal steps; on a logarithmic scale `sorted` are logarithms.
Ends ends_without_outliers(const Values& sorted) {
  const double low = quantile(sorted, 0.02), high = quantile(sorted, 0.98);
  if (low == high) return {sorted.front(), sorted.back()};
  const double more = (high - low) / 4;
  return {std::max(sorted.front(), low - more), std::min(sorted.back(), high + more)};
}

// "3 of 240 values lie outside the range shown."
std::string outliers_text(const Values& sorted, const Ends& ends) {
  const double air = kAir * (ends.high - ends.low);
  const auto outside = std::ranges::count_if(
      sorted, [&](double at) { return at < ends.low - air || at > ends.high + air; });
  if (outside == 0) return "";
  return std::to_string(outside) + " of " + plural(sorted.size(), "value", "values") +
         (outside == 1 ? " lies" : " lie") + " outside the range shown.";
}

// Cuts the far values of single runs off `axis`, and says how many these are.
std::string cut_off_outliers(Axis& axis, Values runs) {
  if (runs.empty()) return "";
  const bool logarithmic = axis.steps == Steps::logarithmic;
  if (logarithmic) {
    for (double& value : runs) value = std::log(value);
  }
  const Ends ends = ends_without_outliers(runs);
  axis.low = logarithmic ? std::exp(ends.low) : ends.low;
  axis.high = logarithmic ? std::exp(ends.high) : ends.high;
  axis.beyond = Beyond::cut_off;
  return outliers_text(runs, ends);
}

}  // namespace

bool spans_decades(double smallest, double largest) {
  return smallest > 0 && largest >= 100 * smallest;
}

std::string share_scale(std::vector<Panel>& panels, Outliers outliers) {
  const Values all = values_of(panels, [](const Series&) { return true; });
  if (all.empty()) return "";
  Axis axis;
  axis.low = all.front();
  axis.high = all.back();
  std::string note;
  if (spans_decades(all.front(), all.back())) {
    axis.steps = Steps::logarithmic;
    note = "The scale is logarithmic.";
  }
  if (outliers == Outliers::cut_off) {
    const std::string cut = cut_off_outliers(
        axis, values_of(panels, [](const Series& s) { return s.weight == Weight::faint; }));
    note += (note.empty() || cut.empty() ? "" : " ") + cut;
  }
  for (Panel& panel : panels) {
    axis.label = panel.chart.y.label;
    panel.chart.y = axis;
  }
  return note;
}

}  // namespace radsweep::report
