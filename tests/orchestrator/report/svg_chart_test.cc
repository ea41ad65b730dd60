#include "orchestrator/report/svg_chart.h"

#include <doctest/doctest.h>

#include <regex>

#include "tests/orchestrator/report/xml_check.h"

using namespace radsweep;
using namespace radsweep::report;

namespace {

Chart two_series() {
  Chart chart;
  chart.title = "a <b> & \"c\"";
  chart.x.label = "x < y";
  chart.y.label = "AUC & more";
  for (int colour = 0; colour < 5; ++colour) {
    Series series;
    series.name = "series <" + std::to_string(colour) + ">";
    series.colour = colour;
    series.mark = Mark::means;
    series.points = {{160, 80.0 + colour, 0.5, "tip & more"}, {480, 82, std::nullopt, ""}};
    chart.series.push_back(series);
  }
  Series dots;
  dots.mark = Mark::dots;
  dots.points = {{160, 79, std::nullopt, "one 'run'"}};
  chart.series.push_back(dots);
  chart.levels.push_back({78, "chance <"});
  return chart;
}

std::size_t count(const std::string& text, const std::string& piece) {
  std::size_t found = 0;
  for (auto at = text.find(piece); at != std::string::npos; at = text.find(piece, at + 1)) ++found;
  return found;
}

double attribute(const std::string& svg, const std::string& pattern) {
  std::smatch match;
  REQUIRE(std::regex_search(svg, match, std::regex(pattern)));
  return std::stod(match[1]);
}

}  // namespace

TEST_CASE("a chart is well-formed XML whatever its words") {
  CHECK(test::xml_problem(svg(two_series())) == "");
  CHECK(test::xml_problem("<a><b></a></b>") != "");
  CHECK(test::xml_problem("<a>x & y</a>") != "");
}

TEST_CASE("means have error bars, dots have tooltips, names are in the legend") {
  const std::string text = svg(two_series());
  CHECK(count(text, "class=\"bar ") == 5);
  CHECK(count(text, "<title>tip &amp; more</title>") == 5);
  CHECK(count(text, "<title>one &#39;run&#39;</title>") == 1);
  CHECK(count(text, "class=\"legend\"") == 5);
  CHECK(count(text, "class=\"level\"") == 1);
}

TEST_CASE("higher values are drawn higher and the error bar spans mean minus to plus error") {
  Chart chart;
  chart.x.ticks = {1, 2};
  Series series;
  series.mark = Mark::means;
  series.points = {{1, 10, 2.0, ""}, {2, 20, std::nullopt, ""}};
  chart.series = {series};
  const std::string text = svg(chart);
  const double low = attribute(text, "d=\"M[0-9.]+ ([0-9.]+)V");
  const double high = attribute(text, "d=\"M[0-9.]+ [0-9.]+V([0-9.]+)");
  const double first = attribute(text, "cx=\"[0-9.]+\" cy=\"([0-9.]+)\"");
  const double second = attribute(text, "points=\"[0-9.]+,[0-9.]+ [0-9.]+,([0-9.]+)\"");
  CHECK(second < first);
  CHECK((low + high) / 2 == doctest::Approx(first).epsilon(0.001));
  // ten units between the points, four in the bar; coordinates have one decimal
  CHECK((first - second) / (low - high) == doctest::Approx(2.5).epsilon(0.01));
}

TEST_CASE("series at the same place are moved apart by what they ask for") {
  Chart chart;
  chart.x.ticks = {1, 2};
  Series left;
  left.mark = Mark::dots;
  left.shift_px = -7;
  left.points = {{1, 1, std::nullopt, ""}};
  Series right = left;
  right.shift_px = 7;
  chart.series = {left, right};
  const std::string text = svg(chart);
  std::vector<double> xs;
  const std::regex pattern("cx=\"([0-9.]+)\"");
  for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it) {
    xs.push_back(std::stod((*it)[1]));
  }
  REQUIRE(xs.size() == 2);
  CHECK(xs[1] - xs[0] == doctest::Approx(14));
}

TEST_CASE("a chart without points says so") {
  Chart chart;
  chart.series.emplace_back();
  CHECK(svg(chart).find("no data yet") != std::string::npos);
  CHECK(test::xml_problem(svg(chart)) == "");
}

TEST_CASE("a band runs along mean plus error and back along mean minus error") {
  Chart chart;
  Series band;
  band.mark = Mark::band;
  band.points = {{0, 50, 10.0, ""}, {1, 60, std::nullopt, ""}, {2, 50, 5.0, ""}};
  chart.series = {band};
  const std::string picture = svg(chart);
  std::smatch match;
  REQUIRE(std::regex_search(
      picture, match,
      std::regex(R"re(<polygon class="band c0" points="([\d.]+),([\d.]+) ([\d.]+),([\d.]+) )re"
                 R"re(([\d.]+),([\d.]+) ([\d.]+),([\d.]+)"/>)re")));
  CHECK(match[1] == match[7]);
  CHECK(match[3] == match[5]);
  const double high = std::stod(match[2]), less_high = std::stod(match[4]);
  const double less_low = std::stod(match[6]), low = std::stod(match[8]);
  CHECK(high < less_high);  // downwards
  CHECK(less_low < low);
  CHECK(low - high == doctest::Approx(2 * (less_low - less_high)).epsilon(0.01));
}

TEST_CASE("ticks carry words, whole ones as tooltips, and a crowd of them goes below each other") {
  Chart chart;
  chart.width = 330;
  chart.x.ticks = {1, 2, 3, 4};
  chart.x.words = {"sgd & nesterov", "a word that is longer than any axis has room for", "true",
                   "false"};
  Series series;
  series.mark = Mark::markers;
  series.points = {{1, 1, {}, ""}, {4, 2, {}, ""}};
  chart.series = {series};
  const std::string text = svg(chart);
  CHECK(test::xml_problem(text) == "");
  CHECK(count(text, ">sgd &amp; nesterov</text>") == 1);
  CHECK(count(text, ">a word that is longer t…<title>a word that is longer than any") == 1);
  CHECK(count(text, ">true</text>") == 1);
  const double first = attribute(text, "y=\"([0-9.]+)\">sgd");
  const double second = attribute(text, "y=\"([0-9.]+)\">a word");
  CHECK(second > first + 10);
  CHECK(attribute(text, "tick x\" x=\"([0-9.]+)\"[^>]*>sgd") > 14 * 3);  // not off the edge
}

TEST_CASE("markers without an order are not joined by a line") {
  Chart chart;
  Series series;
  series.mark = Mark::markers;
  series.points = {{1, 1, {}, ""}, {2, 2, {}, ""}};
  chart.series = {series};
  CHECK(count(svg(chart), "<polyline") == 0);
  CHECK(count(svg(chart), "<circle") == 2);
  chart.series[0].mark = Mark::means;
  CHECK(count(svg(chart), "<polyline") == 1);
}

TEST_CASE("equal factors are equally far on a logarithmic axis") {
  Chart chart;
  chart.x.steps = Steps::logarithmic;
  chart.x.ticks = {1e-5, 1e-3, 10};
  Series dots;
  dots.mark = Mark::dots;
  dots.points = {{1e-5, 1, {}, ""}, {1e-3, 1, {}, ""}, {10, 1, {}, ""}};
  chart.series = {dots};
  const std::string text = svg(chart);
  const std::regex pattern("cx=\"([0-9.]+)\"");
  std::vector<double> xs;
  for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it) {
    xs.push_back(std::stod((*it)[1]));
  }
  REQUIRE(xs.size() == 3);
  CHECK((xs[2] - xs[0]) / (xs[1] - xs[0]) == doctest::Approx(3).epsilon(0.01));
  CHECK(count(text, ">1e-5</text>") == 1);
}

TEST_CASE(
    "a logarithmic axis has ticks of its own and turns linear for values that are not positive") {
  Chart chart;
  chart.y.steps = Steps::logarithmic;
  Series line;
  line.points = {{0, 0.001, {}, ""}, {1, 10, {}, ""}};
  chart.series = {line};
  CHECK(count(svg(chart), ">0.001</text>") == 1);
  CHECK(count(svg(chart), ">10</text>") == 1);
  chart.series[0].points[0].y = -1;
  CHECK(test::xml_problem(svg(chart)) == "");
  CHECK(count(svg(chart), "nan") == 0);
}

TEST_CASE("the range follows the data, not the next round numbers") {
  Chart chart;
  chart.width = 330;
  Series line;
  line.points = {{1, 1, {}, ""}, {6, 2, {}, ""}};
  chart.series = {line};
  const std::string text = svg(chart);
  CHECK(count(text, ">2</text>") >= 1);
  CHECK(count(text, ">4</text>") == 1);
  CHECK(count(text, ">10</text>") == 0);
}

TEST_CASE("what lies beyond a range that cuts off is not drawn outside the plot area") {
  Chart chart;
  chart.y.low = 0;
  chart.y.high = 10;
  chart.y.beyond = Beyond::cut_off;
  Series line;
  line.points = {{0, 5, {}, ""}, {1, 1000, {}, ""}, {2, 5, {}, ""}};
  Series dots = line;
  dots.mark = Mark::dots;
  chart.series = {line, dots};
  const std::string text = svg(chart);
  CHECK(count(text, "<polyline") == 2);  // up to the edge, and from there
  CHECK(count(text, "<circle") == 2);
  const std::regex pattern("[ \"][0-9.]+,(-?[0-9.]+)");
  for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it) {
    CHECK(std::stod((*it)[1]) >= 0);
  }
}
