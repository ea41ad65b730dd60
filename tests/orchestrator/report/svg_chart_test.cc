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
