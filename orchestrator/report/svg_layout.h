// Where things are in a chart: the plot area, its scales and ticks, the legend's places.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/report/svg_chart.h"

namespace radsweep::report {

struct Scale {
  double low = 0, high = 1;        // data
  double low_px = 0, high_px = 1;  // drawing
  Steps steps = Steps::equal;
  double px(double value) const;  // beyond the edges for what is not shown
  bool shows(double value) const { return value >= low && value <= high; }
};

struct TickMark {
  double value = 0;
  std::string label;  // "" where there is no room for it
  std::string whole;  // what `label` abbreviates; else ""
  double middle = 0;  // px, of an x label: under its tick, or moved in from the drawing's edge
  int row = 0;        // of an x label: labels that would touch go below each other
};

inline constexpr double kAir = 0.05;          // of the range, left free beside the data
inline constexpr double kTickLabelLine = 15;  // px from one row of x labels to the next

struct LegendEntry {
  const Series* series = nullptr;
  double x = 0, y = 0;  // left end of the sample, middle of the line of text
};

struct Layout {
  Scale x, y;
  double left = 0, right = 0;  // edges of the plot area; the x scale may start inside it
  std::vector<TickMark> x_ticks, y_ticks;
  std::vector<LegendEntry> legend;  // points into the chart it was made from
};

// `chart` has at least one point and outlives the layout.
Layout layout_of(const Chart& chart);

}  // namespace radsweep::report
