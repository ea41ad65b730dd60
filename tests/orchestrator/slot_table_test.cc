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
  slots.take("GPU-a", "run");
  CHECK(slots.free_slot(0)->name == "GPU-b");
  slots.give_back("run");
  CHECK(slots.free_slot(0)->name == "GPU-a");
}

TEST_CASE("a run on a slot that the plan lacks has an entry until it ends, and gives none back") {
  SlotTable slots(two_slots(), {});
  slots.take("GPU-a", "run");
  slots.take("GPU-a", "adopted on the same one");
  slots.take("GPU-elsewhere", "adopted elsewhere");
  CHECK(slots.entries().size() == 4);
  CHECK(slots.free_slot(0)->name == "GPU-b");
  slots.give_back("adopted elsewhere");
  slots.give_back("adopted on the same one");
  CHECK(slots.entries().size() == 2);
  slots.take("GPU-b", "other");
  CHECK(slots.free_slot(0) == nullptr);
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
  std::optional<GpuProblem> problem = {{GpuProblem::Kind::foreign, "process 4711 computes on it"}};
  SlotTable slots({{"GPU-a", "GPU 0", {}}}, [&](const SlotPlan&) {
    ++looks;
    return problem;
  });
  CHECK(slots.free_slot(0) == nullptr);
  CHECK(slots.free_slot(1) == nullptr);
  CHECK(looks == 1);
  CHECK(slots.complaints(1) ==
        std::vector<std::string>{"GPU 0 is not used: process 4711 computes on it"});
  CHECK_FALSE(slots.hopeless(1));
  problem->kind = GpuProblem::Kind::quarantined;
  CHECK(slots.free_slot(6) == nullptr);
  CHECK(slots.hopeless(6));
  problem.reset();
  CHECK(slots.free_slot(12) != nullptr);
  CHECK_FALSE(slots.hopeless(12));
  CHECK(slots.complaints(1).empty());
}

TEST_CASE("a slot on which three runs failed in a row while another one works is set aside") {
  SlotTable slots(two_slots(), {});
  slots.note_failure("GPU-a", "run-1", 10);
  slots.note_failure("GPU-a", "run-1", 20);  // one run alone says nothing
  slots.note_failure("GPU-a", "run-2", 30);
  SUBCASE("and is used again after an hour") {
    slots.note_failure("GPU-a", "run-3", 40);
    CHECK(slots.free_slot(40)->name == "GPU-a");  // perhaps everything fails everywhere
    slots.note_done("GPU-b", 50);
    CHECK(slots.free_slot(50)->name == "GPU-b");
    CHECK(slots.complaints(50).at(0).find("(run-1, run-2, run-3)") != std::string::npos);
    CHECK_FALSE(slots.hopeless(50));
    CHECK(slots.free_slot(50 + kSetAside_s)->name == "GPU-a");
  }
  SUBCASE("not when it got one done in between") {
    slots.note_done("GPU-a", 35);
    slots.note_failure("GPU-a", "run-3", 40);
    slots.note_done("GPU-b", 50);
    CHECK(slots.free_slot(50)->name == "GPU-a");
  }
  SUBCASE("not when the other one works no more") {
    slots.note_done("GPU-b", 35);
    slots.strike("GPU-b", 38);
    slots.note_failure("GPU-a", "run-3", 40);
    CHECK(slots.free_slot(50)->name == "GPU-a");
  }
  SUBCASE("not when the other one worked only before") {
    slots.note_done("GPU-b", 5);
    slots.note_failure("GPU-a", "run-3", 40);
    CHECK(slots.free_slot(50)->name == "GPU-a");
  }
}
