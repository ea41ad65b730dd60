#include "worker/attempt/events.h"

#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "tests/base/file_size_limit.h"
#include "tests/support/temp_dir.h"
#include "worker/attempt/attempt_files.h"

using namespace radsweep;
using namespace radsweep::attempt;

namespace {

EpochRecord some_epoch(int epoch) {
  EpochRecord record;
  record.epoch = epoch;
  record.phase = "full";
  record.valid_auc = 0.1 + 0.2;  // needs all 17 digits
  record.is_best = true;
  return record;
}

}  // namespace

TEST_CASE("read_events returns what was appended, once, from the offset it gave") {
  test::TempDir dir;
  EventLog log(dir.path());
  log.started("CPU", "", 0);
  log.epoch(some_epoch(0), {{"valid/patient1/study1", 1, 2.5, 0.9}});
  const EventsRead first = read_events(dir.path(), 0);
  REQUIRE(first.events.size() == 2);
  CHECK(first.events[1].get<EpochRecord>() == some_epoch(0));
  CHECK(first.events[1]["predictions"].size() == 1);

  log.note("stop");
  const EventsRead second = read_events(dir.path(), first.next_offset);
  REQUIRE(second.events.size() == 1);
  CHECK(second.events[0]["text"] == "stop");
  CHECK(read_events(dir.path(), second.next_offset).events.empty());
}

TEST_CASE("read_events leaves a torn last line for later and skips a damaged one") {
  test::TempDir dir;
  EventLog(dir.path()).note("one");
  const std::string line = read_file(dir / kEventsFile);
  std::string damaged = line;
  damaged[10] ^= 1;
  std::ofstream(dir / kEventsFile, std::ios::app) << damaged << line << line.substr(0, 12);
  const EventsRead read = read_events(dir.path(), 0);
  CHECK(read.events.size() == 2);
  CHECK(read.damaged_lines == 1);
  CHECK(read.next_offset == 3 * line.size());
}

TEST_CASE("an attempt without an events file has no events") {
  test::TempDir dir;
  CHECK(read_events(dir.path(), 0).events.empty());
}

TEST_CASE("events that a full disk refused are written before the next one, or when asked") {
  test::TempDir dir;
  EventLog log(dir.path());
  log.started("CPU", "", 0);
  const auto size = std::filesystem::file_size(dir / kEventsFile);
  const auto refuse = [&](int epoch) {
    const test::FileSizeLimit full(size + 20);
    CHECK_THROWS_AS(log.epoch(some_epoch(epoch), {}), Error);
  };
  refuse(0);
  refuse(1);
  CHECK(std::filesystem::file_size(dir / kEventsFile) == size);
  SUBCASE("the next event") {
    log.epoch(some_epoch(2), {});
  }
  SUBCASE("asked") {
    log.catch_up();
  }
  const EventsRead read = read_events(dir.path(), 0);
  CHECK(read.damaged_lines == 0);
  REQUIRE(read.events.size() >= 3);
  for (std::size_t i = 1; i < read.events.size(); ++i) CHECK(read.events[i]["epoch"] == i - 1);

  log.catch_up();  // nothing is left
  CHECK(read_events(dir.path(), read.next_offset).events.empty());
}

TEST_CASE("a line that was torn by a kill does not swallow the first event of the next worker") {
  test::TempDir dir;
  EventLog(dir.path()).note("one");
  std::ofstream(dir / kEventsFile, std::ios::app) << "{\"kind\":\"epo";
  EventLog(dir.path()).started("CPU", "last.ckpt", 6);
  const EventsRead read = read_events(dir.path(), 0);
  REQUIRE(read.events.size() == 2);
  CHECK(read.events[1]["kind"] == "started");
  CHECK(read.damaged_lines == 1);
}
