#include "orchestrator/oom_watch.h"

#include <doctest/doctest.h>

#include <fstream>

#include "tests/support/temp_dir.h"

using namespace radsweep::orchestrator;
using radsweep::test::TempDir;

namespace {

struct Counter {
  TempDir folder;
  std::filesystem::path file = folder / "memory.events";
  Counter() { count(3); }
  void count(int kills) const {
    std::ofstream(file) << "low 0\nmax 17\noom 4\noom_kill " << kills << "\n";
  }
};

}  // namespace

TEST_CASE(
    "a counter that moved just before tells of the OOM killer, an old or still one does not") {
  Counter group;
  OomWatch watch({{group.file, true}});
  CHECK_FALSE(watch.evidence(1));  // what was counted before our time is not ours
  group.count(4);
  watch.look(2);
  CHECK(watch.evidence(3).value().find("control group was used up") != std::string::npos);
  CHECK(watch.evidence(4).has_value());  // two processes may be ended at once
  CHECK_FALSE(watch.evidence(60));
}

TEST_CASE("the machine's counter only makes it likely") {
  Counter machine;
  OomWatch watch({{machine.file, false}});
  machine.count(5);
  CHECK(watch.evidence(1).value().find("most likely") != std::string::npos);
}

TEST_CASE("without counters there is no evidence") {
  OomWatch watch({{"/nowhere/memory.events", true}});
  CHECK_FALSE(watch.evidence(1));
}
