#include "orchestrator/report/svg_chart.h"

#include <algorithm>

#include "orchestrator/report/escape.h"
#include "orchestrator/report/line_pieces.h"
#include "orchestrator/report/number_text.h"
#include "orchestrator/report/svg_layout.h"

namespace radsweep::report {
namespace {

std::string px(double value) {
  return fixed(value, 1);
}

std::string attribute(const char* name, double value) {
  return std::string(" ") + name + "=\"" + px(value) + "\"";
}

std::string line(const char* css, double x1, double y1, double x2, double y2) {
  return std::string("<line class=\"") + css + "\"" + attribute("x1", x1) + attribute("y1", y1) +
         attribute("x2", x2) + attribute("y2", y2) + "/>\n";
}

std::string text(const char* css, double x, double y, const std::string& words,
                 const std::string& more = "", const std::string& tip = "") {
  return std::string("<text class=\"") + css + "\"" + attribute("x", x) + attribute("y", y) + more +
         ">" + html_text(words) + (tip.empty() ? "" : "<title>" + html_text(tip) + "</title>") +
         "</text>\n";
}

std::string colour_class(const Series& series) {
  return "c" + std::to_string(((series.colour % kColours) + kColours) % kColours);
}

std::string with_title(const std::string& element, const std::string& css, const std::string& shape,
                       const std::string& tip) {
  const std::string open = "<" + element + " class=\"" + css + "\"" + shape;
  if (tip.empty()) return open + "/>\n";
  return open + "><title>" + html_text(tip) + "</title></" + element + ">\n";
}

// Circle, square, diamond, triangle: a second channel beside the colour.
std::string marker(const Series& series, double x, double y, const std::string& tip) {
  const std::string css = "marker " + colour_class(series);
  constexpr double r = 5;
  const auto corners = [&](std::initializer_list<std::pair<double, double>> offsets) {
    std::string list;
    for (const auto& [dx, dy] : offsets) list += px(x + dx) + "," + px(y + dy) + " ";
    list.pop_back();
    return " points=\"" + list + "\"";
  };
  switch (series.colour % 4) {
    case 1:
      return with_title("polygon", css, corners({{-r, -r}, {r, -r}, {r, r}, {-r, r}}), tip);
    case 2:
      return with_title("polygon", css,
                        corners({{0, -r - 1.5}, {r + 1.5, 0}, {0, r + 1.5}, {-r - 1.5, 0}}), tip);
    case 3:
      return with_title("polygon", css, corners({{0, -r - 1}, {r + 1, r}, {-r - 1, r}}), tip);
    default:
      return with_title("circle", css, attribute("cx", x) + attribute("cy", y) + attribute("r", r),
                        tip);
  }
}

std::string line_class(const Series& series) {
  std::string css = "series " + colour_class(series);
  if (series.stroke == Stroke::dashed) css += " dashed";
  if (series.weight == Weight::faint) css += " faint";
  return css;
}

// The height of a value, of one beyond the edges that of the edge.
double inside_px(const Layout& layout, double y) {
  return layout.y.px(std::clamp(y, layout.y.low, layout.y.high));
}

std::string joined_points(const Series& series, const Layout& layout) {
  std::vector<Place> places;
  for (const Point& point : series.points) {
    places.push_back({layout.x.px(point.x) + series.shift_px, layout.y.px(point.y)});
  }
  constexpr double kHair = 0.05;  // px: a line along the edge is inside
  std::string result;
  for (const auto& piece :
       pieces_between(places, layout.y.high_px - kHair, layout.y.low_px + kHair)) {
    std::string list;
    for (const Place& place : piece) {
      list += (list.empty() ? "" : " ") + px(place.x) + "," + px(place.y);
    }
    result += "<polyline class=\"" + line_class(series) + "\" points=\"" + list + "\"/>\n";
  }
  return result;
}

std::string error_bar(const Series& series, const Point& point, const Layout& layout) {
  if (!point.error) return "";
  const double x = layout.x.px(point.x) + series.shift_px;
  const double low = inside_px(layout, point.y - *point.error);
  const double high = inside_px(layout, point.y + *point.error);
  constexpr double cap = 5;
  return "<path class=\"bar " + colour_class(series) + "\" d=\"M" + px(x) + " " + px(low) + "V" +
         px(high) + "M" + px(x - cap) + " " + px(low) + "h" + px(2 * cap) + "M" + px(x - cap) +
         " " + px(high) + "h" + px(2 * cap) + "\"/>\n";
}

std::string band(const Series& series, const Layout& layout) {
  std::string upper, lower;
  int corners = 0;
  for (const Point& point : series.points) {
    if (!point.error) continue;
    const std::string x = px(layout.x.px(point.x) + series.shift_px);
    upper += x + "," + px(inside_px(layout, point.y + *point.error)) + " ";
    lower = " " + x + "," + px(inside_px(layout, point.y - *point.error)) + lower;
    ++corners;
  }
  if (corners < 2) return "";
  upper.pop_back();
  return "<polygon class=\"band " + colour_class(series) + "\" points=\"" + upper + lower +
         "\"/>\n";
}

bool is_joined(Mark mark) {
  return mark == Mark::line || mark == Mark::means;
}

bool has_markers(Mark mark) {
  return mark == Mark::means || mark == Mark::markers;
}

std::string draw(const Series& series, const Layout& layout) {
  if (series.mark == Mark::band) return band(series, layout);
  std::string result;
  if (is_joined(series.mark)) result += joined_points(series, layout);
  for (const Point& point : series.points) {
    if (!layout.y.shows(point.y)) continue;
    const double x = layout.x.px(point.x) + series.shift_px;
    const double y = layout.y.px(point.y);
    if (has_markers(series.mark)) {
      result += error_bar(series, point, layout) + marker(series, x, y, point.tip);
    } else if (series.mark == Mark::dots) {
      result +=
          with_title("circle", "dot " + colour_class(series),
                     attribute("cx", x) + attribute("cy", y) + attribute("r", 2.6), point.tip);
    } else if (series.points.size() == 1) {  // a line of one point would be invisible
      result +=
          with_title("circle", "dot " + colour_class(series),
                     attribute("cx", x) + attribute("cy", y) + attribute("r", 2.0), point.tip);
    }
  }
  return result;
}

std::string draw_axes(const Chart& chart, const Layout& layout) {
  const double left = layout.left, right = layout.right;
  const double bottom = layout.y.low_px, top = layout.y.high_px;
  std::string result;
  for (const TickMark& tick : layout.y_ticks) {
    const double y = layout.y.px(tick.value);
    result += line("grid", left, y, right, y);
    result += text("tick y", left - 7, y + 4, tick.label);
  }
  result += line("axis", left, bottom, right, bottom);
  for (const TickMark& tick : layout.x_ticks) {
    const double x = layout.x.px(tick.value);
    result += line("axis", x, bottom, x, bottom + 4);
    if (tick.label.empty()) continue;
    result += text("tick x", tick.middle, bottom + 18 + tick.row * kTickLabelLine, tick.label, "",
                   tick.whole);
  }
  if (!chart.x.label.empty()) {
    result += text("label", (left + right) / 2, chart.height - 6, chart.x.label);
  }
  if (!chart.y.label.empty()) {
    const double middle = (top + bottom) / 2;
    result += text("label", 13, middle, chart.y.label,
                   " transform=\"rotate(-90 13.0 " + px(middle) + ")\"");
  }
  return result;
}

std::string draw_legend(const Layout& layout) {
  std::string result;
  for (const LegendEntry& entry : layout.legend) {
    const Series& series = *entry.series;
    if (series.mark == Mark::dots) {
      result += with_title(
          "circle", "dot " + colour_class(series),
          attribute("cx", entry.x + 11) + attribute("cy", entry.y) + attribute("r", 2.6), "");
    } else {
      if (series.mark != Mark::markers) {
        result += line(line_class(series).c_str(), entry.x, entry.y, entry.x + 22, entry.y);
      }
      if (has_markers(series.mark)) result += marker(series, entry.x + 11, entry.y, "");
    }
    result += text("legend", entry.x + 29, entry.y + 4, series.name);
  }
  return result;
}

}  // namespace

std::string svg(const Chart& chart) {
  std::string result = "<svg class=\"chart\" viewBox=\"0 0 " + px(chart.width) + " " +
                       px(chart.height) +
                       "\" xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"" +
                       html_text(chart.title) + "\">\n";
  const bool empty = std::all_of(chart.series.begin(), chart.series.end(),
                                 [](const Series& series) { return series.points.empty(); });
  if (empty) {
    result += text("label", chart.width / 2, chart.height / 2, "no data yet");
    return result + "</svg>\n";
  }
  const Layout layout = layout_of(chart);
  result += draw_axes(chart, layout);
  for (const Level& level : chart.levels) {
    const double y = layout.y.px(level.y);
    result += line("level", layout.left, y, layout.right, y);
    result += text("level-label", layout.right - 2, y - 5, level.label);
  }
  for (const Series& series : chart.series) result += draw(series, layout);
  return result + draw_legend(layout) + "</svg>\n";
}

}  // namespace radsweep::report
