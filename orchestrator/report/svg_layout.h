// Where things are in a chart: the plot area, its scales and ticks, the legend's places.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/report/svg_chart.h"

namespace radsweep::report {

struct Scale {
  double low = 0, high = 1;        // data
  double low_px = 0, high_px = 1;  // drawing
  double px(double value) const {
    return low_px + (value - low) / (high - low) * (high_px - low_px);
  }
};

struct TickMark {
  double value = 0;
  std::string label;
};

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
