#include "orchestrator/slot_table.h"

#include <doctest/doctest.h>

using namespace radsweep::orchestrator;

namespace {

std::vector<SlotPlan> two_slots() {
  return {{"GPU-a", "GPU 0", {}}, {"GPU-b", "GPU 1", {}}};
}

std::vector<SlotPlan> four_slots() {
  return {{"a", "GPU 0 X", {}}, {"b", "GPU 1 X", {}}, {"c", "GPU 2 X", {}}, {"d", "GPU 3 X", {}}};
}

// The name of the first that is free, "" without one.
std::string free_slot(SlotTable& slots, double now_s) {
  const auto free = slots.free_slots(1, now_s);
  return free.empty() ? "" : free.front().name;
}

std::vector<std::string> names(const std::vector<SlotPlan>& plans) {
  std::vector<std::string> found;
  for (const SlotPlan& plan : plans) found.push_back(plan.name);
  return found;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a taken slot is not free until it is given back") {
  SlotTable slots(two_slots(), {});
  CHECK(free_slot(slots, 0) == "GPU-a");
  slots.take("GPU-a", "run");
  CHECK(free_slot(slots, 0) == "GPU-b");
  slots.give_back("run");
  CHECK(free_slot(slots, 0) == "GPU-a");
}

TEST_CASE("a run on a slot that the plan lacks has an entry until it ends, and gives none back") {
  SlotTable slots(two_slots(), {});
  slots.take("GPU-a", "run");
  slots.take("GPU-a", "adopted on the same one");
  slots.take("GPU-elsewhere", "adopted elsewhere");
  CHECK(slots.entries().size() == 4);
  CHECK(free_slot(slots, 0) == "GPU-b");
  slots.give_back("adopted elsewhere");
  slots.give_back("adopted on the same one");
  CHECK(slots.entries().size() == 2);
  slots.take("GPU-b", "other");
  CHECK(free_slot(slots, 0) == "");
}

TEST_CASE("a failed device rests for a minute, the second time within a day for an hour") {
  SlotTable slots({{"GPU-a", "GPU 0", {}}}, {});
  slots.strike("GPU-a", 0);
  CHECK(free_slot(slots, 59) == "");
  CHECK(slots.usable(59) > 0);
  CHECK(free_slot(slots, 61) != "");
  slots.strike("GPU-a", 100);
  CHECK(free_slot(slots, 3000) == "");
  CHECK(slots.usable(3000) == 0);
  CHECK(free_slot(slots, 3800) != "");
  slots.strike("GPU-a", 100'000);  // the earlier ones are forgotten
  CHECK(free_slot(slots, 100'061) != "");
}

TEST_CASE("a slot whose device has a problem is passed over and looked at again later") {
  int looks = 0;
  std::optional<GpuProblem> problem = {{GpuProblem::Kind::foreign, "process 4711 computes on it"}};
  SlotTable slots({{"GPU-a", "GPU 0", {}}}, [&](const SlotPlan&) {
    ++looks;
    return problem;
  });
  CHECK(free_slot(slots, 0) == "");
  CHECK(free_slot(slots, 1) == "");
  CHECK(looks == 1);
  CHECK(slots.complaints(1) ==
        std::vector<std::string>{"GPU 0 is not used: process 4711 computes on it"});
  CHECK(slots.usable(1) > 0);
  problem->kind = GpuProblem::Kind::quarantined;
  CHECK(free_slot(slots, 6) == "");
  CHECK(slots.usable(6) == 0);
  problem.reset();
  CHECK(free_slot(slots, 12) != "");
  CHECK(slots.usable(12) > 0);
  CHECK(slots.complaints(1).empty());
}

TEST_CASE("a slot on which three runs failed in a row while another one works is set aside") {
  SlotTable slots(two_slots(), {});
  slots.note_failure("GPU-a", "run-1", 10);
  slots.note_failure("GPU-a", "run-1", 20);  // one run alone says nothing
  slots.note_failure("GPU-a", "run-2", 30);
  SUBCASE("and is used again after an hour") {
    slots.note_failure("GPU-a", "run-3", 40);
    CHECK(free_slot(slots, 40) == "GPU-a");  // perhaps everything fails everywhere
    slots.note_done("GPU-b", 50);
    CHECK(free_slot(slots, 50) == "GPU-b");
    CHECK(slots.complaints(50).at(0).find("(run-1, run-2, run-3)") != std::string::npos);
    CHECK(slots.usable(50) > 0);
    CHECK(free_slot(slots, 50 + kSetAside_s) == "GPU-a");
  }
  SUBCASE("not when it got one done in between") {
    slots.note_done("GPU-a", 35);
    slots.note_failure("GPU-a", "run-3", 40);
    slots.note_done("GPU-b", 50);
    CHECK(free_slot(slots, 50) == "GPU-a");
  }
  SUBCASE("not when the other one works no more") {
    slots.note_done("GPU-b", 35);
    slots.strike("GPU-b", 38);
    slots.note_failure("GPU-a", "run-3", 40);
    CHECK(free_slot(slots, 50) == "GPU-a");
  }
  SUBCASE("not when the other one worked only before") {
    slots.note_done("GPU-b", 5);
    slots.note_failure("GPU-a", "run-3", 40);
    CHECK(free_slot(slots, 50) == "GPU-a");
  }
}

TEST_CASE("a run is given the first slots that are free, and gives all of them back at once") {
  SlotTable slots(four_slots(), {});
  slots.take("b", "one");
  CHECK(slots.idle(0) == 3);
  CHECK(names(slots.free_slots(2, 0)) == Names{"a", "c"});
  slots.take("a+c", "pair");
  CHECK(slots.idle(0) == 1);
  CHECK(slots.held_by("pair").name == "a+c");
  CHECK(slots.held_by("pair").label == "GPU 0 + GPU 2 X");
  CHECK(names(slots.free_slots(2, 0)) == Names{"d"});
  slots.give_back("pair");
  CHECK(names(slots.free_slots(3, 0)) == Names{"a", "c", "d"});
}

TEST_CASE(
    "of an adopted run on several slots those that the plan has are taken, the others added") {
  SlotTable slots(two_slots(), {});
  slots.take("GPU-b+GPU-gone", "adopted");
  CHECK(slots.entries().size() == 3);
  CHECK(names(slots.free_slots(2, 0)) == Names{"GPU-a"});
  CHECK(slots.held_by("adopted").label == "GPU 1 + GPU-gone");
  slots.give_back("adopted");
  CHECK(slots.entries().size() == 2);
  CHECK(slots.idle(0) == 2);
}

TEST_CASE("a device failure of a run on several slots counts for each of them") {
  SlotTable slots(four_slots(), {});
  slots.strike("b+c", 0);
  CHECK(names(slots.free_slots(4, 59)) == Names{"a", "d"});
  slots.strike("c", 100);
  CHECK(names(slots.free_slots(4, 200)) == Names{"a", "b", "d"});
  CHECK(slots.usable(200) == 3);
}

TEST_CASE("slots on which three runs in a row failed together are set aside together") {
  SlotTable slots(four_slots(), {});
  for (const char* run : {"run-1", "run-2", "run-3"}) slots.note_failure("a+b", run, 10);
  CHECK(slots.idle(10) == 4);
  slots.note_done("c+d", 20);
  CHECK(names(slots.free_slots(4, 20)) == Names{"c", "d"});
  SlotTable others(four_slots(), {});
  for (const char* run : {"run-1", "run-2", "run-3"}) others.note_failure("a+b", run, 10);
  others.note_done("b+c", 20);  // so it was not b's fault
  CHECK(names(others.free_slots(4, 20)) == Names{"b", "c", "d"});
}

TEST_CASE("no device is looked at beyond those that a run needs, nor twice within a moment") {
  std::vector<std::string> looks;
  SlotTable slots(four_slots(), [&looks](const SlotPlan& slot) -> std::optional<GpuProblem> {
    looks.push_back(slot.name);
    if (slot.name != "b") return std::nullopt;
    return GpuProblem{GpuProblem::Kind::foreign, "process 4711 computes on it"};
  });
  CHECK(names(slots.free_slots(2, 0)) == Names{"a", "c"});
  CHECK(looks == Names{"a", "b", "c"});
  CHECK(slots.idle(0) == 3);
  CHECK(names(slots.free_slots(4, 0)) == Names{"a", "c", "d"});
  CHECK(looks == Names{"a", "b", "c", "a", "c", "d"});
  CHECK(slots.usable(0) == 4);
}
