#include "orchestrator/speed/speed_report.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "base/durable_file.h"
#include "base/error.h"
#include "tests/support/fake_bench.h"
#include "tests/support/temp_dir.h"

using namespace radsweep;
using namespace radsweep::orchestrator;
using nlohmann::json;

namespace {

// A cell of two runs that could be measured, and one of two that could not, on two slots.
SpeedReport report_of_two() {
  SpeedReport report;
  report.sweep = "t";
  report.file = "t.yaml";
  report.data = "the data";
  report.work = {3000, 4000, 400};
  report.slot = "GPU 0";
  report.slots = 2;
  BenchCell measured{{}, {}, 2}, failed{{}, {}, 2};
  measured.speed.key = "k1";
  measured.speed.resolution = failed.speed.resolution = 320;
  measured.speed.architecture = "small";
  failed.speed.architecture = "large";
  failed.speed.error = "out_of_memory: too much";
  take_measurement(json::parse(test::kFakeMeasurement), measured.speed);
  report.cells = {failed, measured};
  return report;
}

bool contains(const std::string& text, const std::string& part) {
  CAPTURE(text);
  CHECK(text.find(part) != std::string::npos);
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the table shows every cell, and the time of all runs that could be measured") {
  const std::string text = to_text(report_of_two());
  CHECK(contains(text, "data      the data: 3000 training studies, 4000 images\n"));
  CHECK(contains(text, "measured  on GPU 0, one run alone\n"));
  // 40 s frozen, 6 x 50 s, 7 x 1 s of validation
  CHECK(contains(text,
                 "320-small     2      80.0      50.0 to 100      500           100"
                 "               400  2.0 GiB      5.8\n"));
  CHECK(contains(text, "320-large     2         -"));
  CHECK(contains(text, "failed    320-large: out_of_memory: too much\n"));
  CHECK(contains(text, "time      6 min for 2 of 4 runs on 2 slots, the longest first\n"));
}

TEST_CASE("the makespan is the schedule's, over the slots there are") {
  SpeedReport report = report_of_two();
  CHECK(*makespan(report) == doctest::Approx(347));
  report.slots = 1;
  CHECK(*makespan(report) == doctest::Approx(2 * 347));
  report.cells.pop_back();
  CHECK_FALSE(makespan(report));
  CHECK(contains(to_text(report), "unknown: no cell could be measured"));
}

TEST_CASE("speeds that were written are read again, cell by cell") {
  const test::TempDir folder;
  const std::string file = folder / "speeds.json";
  replace_file(file, to_json(report_of_two()).dump());
  const std::vector<CellSpeed> cells = read_speeds(file);
  REQUIRE(cells.size() == 2);
  CHECK(cells[0].error == "out_of_memory: too much");
  CHECK_FALSE(cells[0].full);
  CHECK(to_json(cells[1]) == to_json(report_of_two().cells[1].speed));
}

TEST_CASE("a file that holds no speeds is refused with the command that writes one") {
  const test::TempDir folder;
  const std::string file = folder / "speeds.json";
  CHECK_THROWS_AS(read_speeds(file), Error);
  for (const char* text : {"nothing", "[]", "{\"format\": 1}", "{\"format\": 1, \"cells\": [1]}"}) {
    replace_file(file, text);
    CAPTURE(text);
    CHECK_THROWS_WITH_AS(read_speeds(file), doctest::Contains("bench SWEEP.yaml --output"), Error);
  }
  replace_file(file, "{\"format\": 2}");
  CHECK_THROWS_WITH_AS(read_speeds(file), doctest::Contains("format is 2"), Error);
}
