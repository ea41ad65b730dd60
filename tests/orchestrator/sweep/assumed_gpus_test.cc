#include "orchestrator/sweep/assumed_gpus.h"

#include <doctest/doctest.h>

#include "base/error.h"

using namespace radsweep;
using namespace radsweep::orchestrator;

namespace {

constexpr double kGibibyte = 1024.0 * 1024 * 1024;

double gibibytes(const std::string& text) {
  return parse_assumed_gpus(text).memory_bytes.value_or(0) / kGibibyte;
}

}  // namespace

TEST_CASE("assumed GPUs are a number, a name and their memory") {
  const AssumedGpus gpus = parse_assumed_gpus("5xP6000:20");
  CHECK(gpus.count == 5);
  CHECK(gpus.name == "P6000");
  CHECK(*gpus.memory_bytes == 20 * kGibibyte);
  CHECK(parse_assumed_gpus("5").name.empty());
  CHECK(gibibytes("3:48") == 48);
}

TEST_CASE("the memory of known cards is known, however they are spelled") {
  CHECK(gibibytes("5xP6000") == 24);
  CHECK(gibibytes("5xQuadro P6000") == 24);
  CHECK(gibibytes("1xNVIDIA h100 80GB HBM3") == 80);
  CHECK(gibibytes("1xH200") == 141);
  CHECK(gibibytes("2xRTX 4090") == 24);
  CHECK(gibibytes("2xrtx4090") == 24);
  CHECK(gibibytes("1xA100") == 40);  // comes with 40 or 80
  CHECK(gibibytes("1xA100-80GB") == 80);
  CHECK(gibibytes("1xNVIDIA A100-SXM4-40GB") == 40);
}

TEST_CASE("of other cards no memory is assumed") {
  CHECK_FALSE(parse_assumed_gpus("5").memory_bytes);
  CHECK_FALSE(parse_assumed_gpus("5xRTX A1000").memory_bytes);
  CHECK_FALSE(parse_assumed_gpus("5xFuture").memory_bytes);
}

TEST_CASE("what is no number of GPUs or of GiB is refused") {
  for (const char* text : {"", "x", "0", "-1", "five", "5.5xP6000", "10001", "123456",
                           "5xP6000:", "5xP6000:0", "5xP6000:24GB"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(parse_assumed_gpus(text), Error);
  }
}

TEST_CASE("runs that share an assumed GPU share its memory") {
  const auto slots = slots_of(parse_assumed_gpus("2xP6000"), 2);
  REQUIRE(slots.size() == 4);
  CHECK(slots[0].label == "GPU 0 P6000");
  CHECK(slots[3].label == "GPU 1#1 P6000");
  CHECK(*slots[3].memory_bytes == 12 * kGibibyte);
}
