#include "orchestrator/report/tensorboard.h"

#include <doctest/doctest.h>

#include "base/durable_file.h"
#include "base/error.h"
#include "orchestrator/report/tensorboard_record.h"
#include "tests/orchestrator/report/sample_sweep.h"

using namespace radsweep;
using namespace radsweep::report;
using test::Fate;

namespace {

std::string bytes_of(std::initializer_list<int> values) {
  std::string bytes;
  for (const int value : values) bytes += static_cast<char>(value);
  return bytes;
}

}  // namespace

TEST_CASE("CRC-32C is that of RFC 3720's examples") {
  CHECK(crc32c_of("123456789") == 0xe3069283);
  CHECK(crc32c_of(std::string(32, '\0')) == 0x8a9136aa);
  CHECK(crc32c_of(std::string(32, '\xff')) == 0x62a8ab43);
}

TEST_CASE("a scalar is an Event with wall time, step, tag and float, framed as a TFRecord") {
  const std::string record = scalar_record(2.0, 300, "a", 0.5);
  const std::string event =
      bytes_of({0x09, 0,    0,    0,    0,    0,    0,   0,    0x40,                // wall_time
                0x10, 0xac, 0x02,                                                   // step
                0x2a, 0x0a, 0x0a, 0x08, 0x0a, 0x01, 'a', 0x15, 0,    0, 0, 0x3f});  // simple_value
  CHECK(record.size() == 8 + 4 + event.size() + 4);
  CHECK(record.substr(0, 8) == bytes_of({static_cast<int>(event.size()), 0, 0, 0, 0, 0, 0, 0}));
  CHECK(record.substr(12, event.size()) == event);
}

TEST_CASE("every run that measured something gets one event file, the same each time") {
  test::SampleSweep sweep({{160, "densenet121", 1, Fate::done, 0.8},
                           {320, "densenet121", 1, Fate::running, {}},
                           {480, "densenet121", 1, Fate::pending, {}}});
  const auto folder = sweep.folder() / "tb";
  CHECK(write_tensorboard(sweep.database(), folder) == 2);
  const auto file = *std::filesystem::directory_iterator(folder / "160-densenet121-s1");
  const std::string once = read_file(file.path());
  CHECK(once.find("valid_auc") != once.npos);
  CHECK(write_tensorboard(sweep.database(), folder) == 2);
  CHECK(read_file(file.path()) == once);
  CHECK_FALSE(std::filesystem::exists(folder / "480-densenet121-s1"));
}

TEST_CASE("a run's name leads no event file out of the folder") {
  test::SampleSweep sweep({{160, "../../outside", 1, Fate::done, 0.8}});
  CHECK_THROWS_AS(write_tensorboard(sweep.database(), sweep.folder() / "tb"), Error);
}
