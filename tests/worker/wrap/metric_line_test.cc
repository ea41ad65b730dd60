#include "worker/wrap/metric_line.h"

#include <doctest/doctest.h>

#include "base/error.h"

using namespace radsweep::wrap;

TEST_CASE("a report is a JSON object of numbers, its epoch optional") {
  const MetricLine line = parse_metric_line(R"({"epoch": 3, "valid_auc": 0.81, "amp": true})");
  CHECK(line.problem == "");
  CHECK(line.epoch == 3);
  CHECK(line.values == std::map<std::string, double>{{"amp", 1}, {"valid_auc", 0.81}});
  CHECK_FALSE(parse_metric_line(R"({"loss": 1})").epoch);
}

TEST_CASE("NaN and infinities are told as such, however they are written") {
  for (const char* text : {R"({"loss": NaN})", R"({"loss":Infinity})", R"({"loss": -Infinity})",
                           R"({"loss": "nan"})", R"({"loss": "-inf"})"}) {
    CAPTURE(text);
    const MetricLine line = parse_metric_line(text);
    CHECK(line.not_a_number == "loss");
    CHECK(line.problem == "");
  }
  CHECK(parse_metric_line(R"({"NaN \" NaN": 1})").values.count("NaN \" NaN") == 1);
}

TEST_CASE("what is no report is told why") {
  for (const char* text :
       {"", "epoch 3", "[1]", "{}", R"({"epoch": 3})", R"({"a": "b"})", R"({"epoch": -1, "a": 1})",
        R"({"epoch": 1.5, "a": 1})", R"({"a": null})"}) {
    CAPTURE(text);
    CHECK(parse_metric_line(text).problem != "");
  }
}

TEST_CASE("words NAME=VALUE make the line that is read back") {
  const MetricLine line = parse_metric_line(metric_line_of({"a=0.5", "b=1e3"}, 2));
  CHECK(line.epoch == 2);
  CHECK(line.values == std::map<std::string, double>{{"a", 0.5}, {"b", 1000}});
  CHECK(parse_metric_line(metric_line_of({"a=nan"}, {})).not_a_number == "a");
  for (const char* word : {"a", "=1", "a=", "a=x", "a=1x"}) {
    CAPTURE(word);
    CHECK_THROWS_AS(metric_line_of({word}, {}), radsweep::Error);
  }
}
