#include "orchestrator/report/figure_files.h"

#include <doctest/doctest.h>

#include "base/durable_file.h"
#include "tests/orchestrator/report/sample_sweep.h"
#include "tests/orchestrator/report/xml_check.h"

using namespace radsweep;
using namespace radsweep::report;
using test::Fate;

TEST_CASE("every figure becomes a well-formed SVG file with plain colours") {
  test::SampleSweep sweep({{160, "densenet121", 1, Fate::done, 0.8},
                           {160, "densenet121", 2, Fate::done, 0.9},
                           {320, "a/../b", 1, Fate::done, 0.8}});
  const auto folder = sweep.folder() / "figures";
  const auto names = write_figures(read_sweep(sweep.database()), folder);
  CHECK(names == std::vector<std::string>{"auc.svg", "roc-a-..-b-320-px.svg",
                                          "roc-densenet121-160-px.svg", "auc-a-..-b-320-px.svg",
                                          "auc-densenet121-160-px.svg", "loss-a-..-b-320-px.svg",
                                          "loss-densenet121-160-px.svg", "learning-rate-body.svg",
                                          "learning-rate-head.svg"});
  for (const std::string& name : names) {
    const std::string picture = read_file(folder / name);
    CAPTURE(name);
    CHECK(test::xml_problem(picture) == "");
    CHECK(picture.starts_with("<svg width="));
    CHECK(picture.find("var(") == picture.npos);
    CHECK(picture.find(".c0 { color: #0072b2; }") != picture.npos);
  }
}
