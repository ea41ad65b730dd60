#include "orchestrator/report/svg_layout.h"

#include <algorithm>
#include <limits>

#include "orchestrator/report/escape.h"
#include "orchestrator/report/nice_ticks.h"
#include "orchestrator/report/number_text.h"

namespace radsweep::report {
namespace {

constexpr double kCharPx = 6.6;     // a generous mean at 12 px; SVG text cannot be measured here
constexpr double kSamplePx = 30;    // the piece of line before a legend's text
constexpr double kLegendLine = 20;  // from one legend line to the next

double text_px(const std::string& text) {
  return kCharPx * static_cast<double>(display_width(text));
}

struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  void add(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
};

void widen(Range& range, const Axis& axis) {
  if (axis.low) range.add(*axis.low);
  if (axis.high) range.add(*axis.high);
  for (const double tick : axis.ticks) range.add(tick);
}

std::vector<TickMark> place_ticks(const Axis& axis, Range& range, int wanted) {
  std::vector<TickMark> marks;
  if (!axis.ticks.empty()) {
    for (const double tick : axis.ticks) marks.push_back({tick, shortest(tick)});
    if (range.high <= range.low) range = {range.low - 1, range.high + 1};
    return marks;
  }
  const Ticks ticks = nice_ticks(range.low, range.high, wanted);
  // a little air beside the data, not the rest of a step; a scale from 0 stays on its axis
  const double air = 0.05 * (range.high - range.low);
  const Range padded{range.low == 0 ? 0 : range.low - air, range.high + air};
  for (const double tick : ticks.at) {
    if (tick >= padded.low && tick <= padded.high) {
      marks.push_back({tick, fixed(tick, ticks.digits)});
    }
  }
  if (marks.size() >= 2) {
    range = padded;
    return marks;
  }
  marks.clear();
  for (const double tick : ticks.at) marks.push_back({tick, fixed(tick, ticks.digits)});
  range = {ticks.at.front(), ticks.at.back()};
  return marks;
}

std::vector<LegendEntry> place_legend(const Chart& chart, double left, double& bottom) {
  std::vector<LegendEntry> entries;
  double x = left, y = 12;
  for (const Series& series : chart.series) {
    if (series.name.empty()) continue;
    const double width = kSamplePx + text_px(series.name) + 18;
    if (x > left && x + width > chart.width) {
      x = left;
      y += kLegendLine;
    }
    entries.push_back({&series, x, y});
    x += width;
  }
  bottom = entries.empty() ? 12 : y + kLegendLine;
  return entries;
}

}  // namespace

Layout layout_of(const Chart& chart) {
  Range xs, ys;
  for (const Series& series : chart.series) {
    for (const Point& point : series.points) {
      xs.add(point.x);
      ys.add(point.y - point.error.value_or(0));
      ys.add(point.y + point.error.value_or(0));
    }
  }
  for (const Level& level : chart.levels) ys.add(level.y);
  widen(xs, chart.x);
  widen(ys, chart.y);

  Layout layout;
  layout.x_ticks = place_ticks(chart.x, xs, std::max(2, static_cast<int>(chart.width / 90)));
  layout.y_ticks = place_ticks(chart.y, ys, std::max(3, static_cast<int>(chart.height / 45)));
  double label_px = 0;
  for (const TickMark& tick : layout.y_ticks) label_px = std::max(label_px, text_px(tick.label));
  const double left = label_px + (chart.y.label.empty() ? 12 : 32);
  double top = 0;
  layout.legend = place_legend(chart, left, top);
  const double bottom = chart.height - (chart.x.label.empty() ? 24 : 42);
  // explicit ticks may lie on the very edge: markers need room beside them
  const double inset = chart.x.ticks.empty() ? 0 : std::min(40.0, chart.width / 12);
  layout.left = left;
  layout.right = chart.width - 14;
  layout.x = {xs.low, xs.high, layout.left + inset, layout.right - inset};
  layout.y = {ys.low, ys.high, bottom, top};
  return layout;
}

}  // namespace radsweep::report
