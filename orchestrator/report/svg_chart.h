// Line charts as SVG: series with error bars, dots, reference levels, ticks, legend, tooltips.
// Colours and widths come from the page's style sheet through classes, so that one picture
// serves light, dark and paper; shapes differ as well, so that grey is enough.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace radsweep::report {

struct Point {
  double x = 0, y = 0;          // finite
  std::optional<double> error;  // half length of the error bar
  std::string tip;              // tooltip; may be empty
};

enum class Mark {
  line,     // joined points, no markers
  means,    // joined markers with error bars
  markers,  // the same, not joined: where x is no quantity
  dots,     // single small dots
  band      // the area from y - error to y + error, of the points that have one
};
enum class Stroke { solid, dashed };
enum class Weight { strong, faint };

struct Series {
  std::string name;  // in the legend; empty: not there
  int colour = 0;    // 0..7, classes c0..c7; also picks the marker's shape
  Mark mark = Mark::line;
  Stroke stroke = Stroke::solid;
  Weight weight = Weight::strong;
  double shift_px = 0;  // sideways, so that series at the same x do not cover each other
  std::vector<Point> points;
};

// A dashed horizontal line with a word at its end.
struct Level {
  double y = 0;
  std::string label;
};

enum class Steps { equal, logarithmic };
enum class Beyond { widens, cut_off };

struct Axis {
  std::string label;
  std::vector<double> ticks;        // ascending; empty: round numbers around the data
  std::vector<std::string> words;   // at `ticks`, instead of their numbers; as many or none
  std::optional<double> low, high;  // the range reaches at least this far
  Beyond beyond = Beyond::widens;  // of y only: what lies outside low and high, when both are there
  Steps steps = Steps::equal;      // logarithmic: only where everything drawn is positive
};

struct Chart {
  std::string title;                 // for screen readers; the page's caption is the visible one
  double width = 640, height = 360;  // px of the drawing; it scales with the page
  Axis x, y;
  std::vector<Series> series;
  std::vector<Level> levels;
};

// One <svg> element, well-formed XML, all text escaped. Without any point it says "no data yet".
std::string svg(const Chart& chart);

// How many colours there are; more series repeat them.
inline constexpr int kColours = 8;

}  // namespace radsweep::report
