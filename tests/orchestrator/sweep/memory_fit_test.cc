#include "orchestrator/sweep/memory_fit.h"

#include <doctest/doctest.h>

#include "base/error.h"

using namespace radsweep;
using namespace radsweep::orchestrator;

namespace {

constexpr double kGib = 1024.0 * 1024 * 1024;
const std::vector<MemoryNeed> kRuns{
    {"480-a", 20 * kGib}, {"480-a", 20 * kGib}, {"320-a", 10 * kGib}, {"160-a", 5 * kGib}};

}  // namespace

TEST_CASE("a cell that fits no slot is told from one that fits some, each once") {
  const MemoryFit fit = memory_fit(kRuns, {8 * kGib, 12 * kGib});
  CHECK(fit.nowhere ==
        std::vector<std::string>{"480-a is predicted to need 20.0 GiB, a slot has 12.0 GiB"});
  CHECK(fit.not_everywhere ==
        std::vector<std::string>{"320-a is predicted to need 10.0 GiB, a slot has 8.0 GiB"});
}

TEST_CASE("a run as large as its slot fits, and a slot of unknown memory fits all") {
  CHECK(memory_fit(kRuns, {20 * kGib}).nowhere.empty());
  CHECK(memory_fit(kRuns, {std::nullopt}).nowhere.empty());
  const MemoryFit mixed = memory_fit(kRuns, {std::nullopt, 8 * kGib});
  CHECK(mixed.nowhere.empty());
  CHECK(mixed.not_everywhere.size() == 2);
  CHECK(memory_fit(kRuns, {}).nowhere.empty());
}

TEST_CASE("the largest run of a cell speaks for it, in whatever order they come") {
  const std::vector<double> sizes = {10 * kGib, 20 * kGib};
  for (const std::size_t first : {0U, 1U}) {
    const MemoryFit fit =
        memory_fit({{"480-a", sizes[first]}, {"480-a", sizes[1 - first]}}, {8 * kGib, 12 * kGib});
    CHECK(fit.nowhere.size() == 1);
    CHECK(fit.not_everywhere.empty());
  }
}

TEST_CASE("a run on several slots takes an equal part of each, so the smallest of them limits it") {
  const std::vector<MemoryNeed> pair{{"480-a on 2 GPUs", 20 * kGib, 2}};
  CHECK(memory_fit(pair, {10 * kGib, 10 * kGib}).not_everywhere.empty());
  CHECK(memory_fit(pair, {24 * kGib, 8 * kGib}).nowhere ==
        std::vector<std::string>{
            "480-a on 2 GPUs is predicted to need 10.0 GiB on each, a slot has 8.0 GiB"});
  const MemoryFit some = memory_fit(pair, {24 * kGib, 8 * kGib, 12 * kGib});
  CHECK(some.nowhere.empty());
  CHECK(some.not_everywhere.size() == 1);
}

TEST_CASE("what fits nowhere is refused with all its cells, what fits somewhere is not") {
  CHECK_NOTHROW(refuse_misfits(memory_fit(kRuns, {24 * kGib, 1 * kGib}), "s.yaml"));
  try {
    refuse_misfits(memory_fit(kRuns, {8 * kGib}), "s.yaml");
    FAIL("not refused");
  } catch (const Error& error) {
    CHECK(error.code() == ExitCode::environment);
    CHECK(error.where() == "s.yaml");
    CHECK(error.why() ==
          "480-a is predicted to need 20.0 GiB, a slot has 8.0 GiB; "
          "320-a is predicted to need 10.0 GiB, a slot has 8.0 GiB");
  }
}
