#include "orchestrator/slot_table.h"

#include <doctest/doctest.h>

using namespace radsweep::orchestrator;

namespace {

std::vector<SlotPlan> two_slots() {
  return {{"GPU-a", "GPU 0", {}}, {"GPU-b", "GPU 1", {}}};
}

}  // namespace

TEST_CASE("a taken slot is not free until it is given back") {
  SlotTable slots(two_slots(), {});
  CHECK(slots.free_slot(0)->name == "GPU-a");
  CHECK(slots.take("GPU-a", "run"));
  CHECK_FALSE(slots.take("GPU-a", "other"));
  CHECK_FALSE(slots.take("GPU-elsewhere", "other"));
  CHECK(slots.free_slot(0)->name == "GPU-b");
  slots.give_back("GPU-a");
  CHECK(slots.free_slot(0)->name == "GPU-a");
}

TEST_CASE("a failed device rests for a minute, the second time within a day for an hour") {
  SlotTable slots({{"GPU-a", "GPU 0", {}}}, {});
  slots.strike("GPU-a", 0);
  CHECK(slots.free_slot(59) == nullptr);
  CHECK_FALSE(slots.hopeless(59));
  CHECK(slots.free_slot(61) != nullptr);
  slots.strike("GPU-a", 100);
  CHECK(slots.free_slot(3000) == nullptr);
  CHECK(slots.hopeless(3000));
  CHECK(slots.free_slot(3800) != nullptr);
  slots.strike("GPU-a", 100'000);  // the earlier ones are forgotten
  CHECK(slots.free_slot(100'061) != nullptr);
}

TEST_CASE("a slot whose device has a problem is passed over and looked at again later") {
  int looks = 0;
  std::string problem = "process 4711 computes on it";
  SlotTable slots({{"GPU-a", "GPU 0", {}}}, [&](const SlotPlan&) -> std::optional<std::string> {
    ++looks;
    return problem.empty() ? std::nullopt : std::optional(problem);
  });
  CHECK(slots.free_slot(0) == nullptr);
  CHECK(slots.free_slot(1) == nullptr);
  CHECK(looks == 1);
  CHECK(slots.complaints() ==
        std::vector<std::string>{"GPU 0 is not used: process 4711 computes on it"});
  problem.clear();
  CHECK(slots.free_slot(10) != nullptr);
  CHECK(slots.complaints().empty());
}
