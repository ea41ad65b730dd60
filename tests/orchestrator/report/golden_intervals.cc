#include "tests/orchestrator/report/golden_intervals.h"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

namespace radsweep::test {
namespace {

template <typename Number>
std::vector<Number> numbers(std::istream& fields) {
  std::vector<Number> values;
  for (Number value{}; fields >> value;) values.push_back(value);
  return values;
}

}  // namespace

std::vector<GoldenIntervals> golden_intervals() {
  std::ifstream file(GOLDEN_DIR "/intervals.txt");
  std::string line, word;
  std::getline(file, line);
  REQUIRE(line.starts_with("# numpy"));
  std::vector<GoldenIntervals> cases;
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    fields >> word;
    if (word == "case") cases.emplace_back();
    REQUIRE(!cases.empty());
    GoldenIntervals& golden = cases.back();
    if (word == "case") {
      fields >> golden.name;
    } else if (word == "labels") {
      golden.labels = numbers<int>(fields);
    } else if (word == "first") {
      golden.first = numbers<double>(fields);
    } else if (word == "second") {
      golden.second = numbers<double>(fields);
    } else if (word == "delong") {
      fields >> golden.auc >> golden.standard_error;
    } else if (word == "paired") {
      fields >> golden.difference >> golden.difference_error >> golden.p;
    } else if (word == "bootstrap") {
      fields >> golden.bootstrap_seed >> golden.resamples >> golden.bootstrap_low >>
          golden.bootstrap_high;
    } else if (word == "false_positive_rate") {
      golden.false_positive_rate = numbers<double>(fields);
    } else if (word == "true_positive_rate") {
      golden.true_positive_rate = numbers<double>(fields);
    } else if (word == "threshold") {
      golden.threshold = numbers<double>(fields);
    } else {
      FAIL("unknown line: ", line);
    }
  }
  REQUIRE(cases.size() == 3);
  return cases;
}

}  // namespace radsweep::test
