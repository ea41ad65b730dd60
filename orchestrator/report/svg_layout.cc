#include "orchestrator/report/svg_layout.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/shortest_number.h"
#include "orchestrator/report/escape.h"
#include "orchestrator/report/nice_ticks.h"
#include "orchestrator/report/number_text.h"

namespace radsweep::report {
namespace {

constexpr double kCharPx = 6.6;     // a generous mean at 12 px; SVG text cannot be measured here
constexpr double kSamplePx = 30;    // the piece of line before a legend's text
constexpr double kLegendLine = 20;  // from one legend line to the next
constexpr int kMostRows = 3;        // of labels below an axis
constexpr std::size_t kMostCharacters = 24;  // of one of them

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

// A little room beside the data; a scale from 0 stays on its axis.
Range with_air(const Range& range, Steps steps) {
  if (steps == Steps::logarithmic) {
    const double factor = std::pow(range.high / range.low, kAir);
    return {range.low / factor, range.high * factor};
  }
  const double air = kAir * (range.high - range.low);
  return {range.low == 0 ? 0 : range.low - air, range.high + air};
}

std::vector<TickMark> given_ticks(const Axis& axis) {
  ensure(axis.words.empty() || axis.words.size() == axis.ticks.size(), "a tick lacks its word");
  std::vector<TickMark> marks;
  for (std::size_t i = 0; i < axis.ticks.size(); ++i) {
    TickMark& mark = marks.emplace_back();
    mark.value = axis.ticks[i];
    mark.label = axis.words.empty() ? shortest_number(mark.value) : axis.words[i];
  }
  return marks;
}

std::vector<TickMark> marks_within(const Ticks& ticks, const Range& range) {
  std::vector<TickMark> marks;
  for (const double tick : ticks.at) {
    if (tick < range.low || tick > range.high) continue;
    marks.emplace_back();
    marks.back().value = tick;
    marks.back().label = fixed(tick, ticks.digits);
  }
  return marks;
}

std::vector<TickMark> equal_ticks(Range& range, int wanted) {
  const Range padded = with_air(range, Steps::equal);
  for (const int tries : {wanted, wanted + 1, wanted + 2, wanted + 4}) {  // 5 alone lies in 1..6
    auto marks = marks_within(nice_ticks(range.low, range.high, tries), padded);
    if (marks.size() < 2) continue;
    range = padded;
    return marks;
  }
  const Ticks ticks = nice_ticks(range.low, range.high, wanted);
  range = {ticks.at.front(), ticks.at.back()};
  return marks_within(ticks, range);
}

std::vector<TickMark> logarithmic_ticks(Range& range, int wanted) {
  range = with_air(range, Steps::logarithmic);
  const auto ticks = log_ticks(range.low, range.high, wanted);
  if (ticks.size() < 2) return marks_within(nice_ticks(range.low, range.high, wanted), range);
  std::vector<TickMark> marks;
  for (const double tick : ticks) {
    marks.emplace_back();
    marks.back().value = tick;
    marks.back().label = shortest_number(tick);
  }
  return marks;
}

// The ticks, and the range as it has to be for them.
std::vector<TickMark> place_ticks(const Axis& axis, Steps steps, Range& range, int wanted) {
  const bool logarithmic = steps == Steps::logarithmic;
  if (range.high <= range.low && (logarithmic || !axis.ticks.empty())) {
    range =
        logarithmic ? Range{range.low / 2, range.high * 2} : Range{range.low - 1, range.high + 1};
  }
  if (!axis.ticks.empty()) return given_ticks(axis);
  return logarithmic ? logarithmic_ticks(range, wanted) : equal_ticks(range, wanted);
}

Steps steps_of(const Axis& axis, const Range& range) {
  return range.low > 0 ? axis.steps : Steps::equal;
}

// Gives x labels their places and says how many rows they take. In a crowd some have none.
int place_labels(std::vector<TickMark>& ticks, const Scale& x, double width) {
  constexpr double kBetween = 6;
  std::array<double, kMostRows> ends{};  // how far each row is taken
  int rows = 1;
  for (TickMark& tick : ticks) {
    const std::string whole = tick.label;
    tick.label = abbreviated(whole, kMostCharacters);
    if (tick.label != whole) tick.whole = whole;
    const double half = text_px(tick.label) / 2;
    tick.middle = std::max(half, std::min(x.px(tick.value), width - half));
    const auto row = std::ranges::find_if(
        ends, [&](double end) { return end == 0 || tick.middle - half >= end + kBetween; });
    if (row == ends.end()) {
      tick.label.clear();
      continue;
    }
    *row = tick.middle + half;
    tick.row = static_cast<int>(row - ends.begin());
    rows = std::max(rows, tick.row + 1);
  }
  return rows;
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

double Scale::px(double value) const {
  if (steps == Steps::equal) return low_px + (value - low) / (high - low) * (high_px - low_px);
  return low_px + std::log(value / low) / std::log(high / low) * (high_px - low_px);
}

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
  if (chart.y.beyond == Beyond::cut_off && chart.y.low && chart.y.high) {
    ys = {*chart.y.low, *chart.y.high};
  }

  Layout layout;
  const Steps x_steps = steps_of(chart.x, xs), y_steps = steps_of(chart.y, ys);
  layout.x_ticks =
      place_ticks(chart.x, x_steps, xs, std::max(2, static_cast<int>(chart.width / 90)));
  layout.y_ticks =
      place_ticks(chart.y, y_steps, ys, std::max(3, static_cast<int>(chart.height / 45)));
  double label_px = 0;
  for (const TickMark& tick : layout.y_ticks) label_px = std::max(label_px, text_px(tick.label));
  const double left = label_px + (chart.y.label.empty() ? 12 : 32);
  double top = 0;
  layout.legend = place_legend(chart, left, top);
  // explicit ticks may lie on the very edge: markers need room beside them
  const double inset = chart.x.ticks.empty() ? 0 : std::min(40.0, chart.width / 12);
  layout.left = left;
  layout.right = chart.width - 14;
  layout.x = {xs.low, xs.high, layout.left + inset, layout.right - inset, x_steps};
  const int rows = place_labels(layout.x_ticks, layout.x, chart.width);
  const double bottom =
      chart.height - (chart.x.label.empty() ? 24 : 42) - (rows - 1) * kTickLabelLine;
  layout.y = {ys.low, ys.high, bottom, top, y_steps};
  return layout;
}

}  // namespace radsweep::report
