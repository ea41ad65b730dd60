// Supervisor: runs that take several slots at once.
#include "orchestrator/supervisor.h"

#include <algorithm>

#include "base/error.h"
#include "tests/orchestrator/supervised_sweep.h"

#include <doctest/doctest.h>

using namespace radsweep;
using namespace radsweep::orchestrator;
using radsweep::test::FakeAttempt;
using radsweep::test::SupervisedSweep;
using Texts = std::vector<std::string>;

namespace {

// Attempts that were open at the same time on one slot or more, in pairs.
constexpr const char* kShared =
    "WITH place AS (SELECT run_id, started_ms, ended_ms, part.value AS slot"
    "  FROM attempt, json_each(replace(json_array(slot), '+', '\",\"')) AS part)"
    " SELECT count(*) FROM place AS a JOIN place AS b USING (slot)"
    " WHERE a.run_id < b.run_id AND a.started_ms < b.ended_ms AND b.started_ms < a.ended_ms";

// Where and when a run's newest attempt began: "cpu:0+cpu:1 at 10 s".
std::string begin_of(SupervisedSweep& sweep, int seed) {
  return sweep.value(
      "SELECT slot || ' at ' || ((started_ms - (SELECT min(started_ms) FROM attempt)) / 1000) ||"
      " ' s' FROM attempt JOIN run ON run.id = run_id AND run.attempt = attempt.attempt"
      " WHERE seed = " +
      std::to_string(seed));
}

// Of a GPU each.
void on_gpus(SupervisedSweep& sweep, const Texts& uuids) {
  sweep.plans.clear();
  for (const std::string& uuid : uuids) {
    attempt::Slot slot;
    slot.gpu_uuid = uuid;
    sweep.plans.push_back({uuid, uuid, slot});
  }
}

}  // namespace

TEST_CASE("runs on several slots hold them alone, one after another, and others use the rest") {
  Texts ranks;
  SupervisedSweep sweep(6, 3, [&ranks](const attempt::Spec& spec) {
    std::string cpus = std::to_string(spec.slot.cpus.at(0));
    for (const attempt::Slot& other : spec.slot.others) cpus += std::to_string(other.cpus.at(0));
    ranks.push_back(spec.run + " " + cpus);
    return FakeAttempt{};
  });
  for (int slot = 0; slot < 3; ++slot)
    sweep.plans[static_cast<std::size_t>(slot)].slot.cpus = {slot};
  sweep.let_take({1, 2, 1, 2, 1, 2});
  CHECK(sweep.run() == SweepEnd::complete);
  CHECK(begin_of(sweep, 2) == "cpu:0+cpu:1 at 0 s");
  CHECK(begin_of(sweep, 4) == "cpu:0+cpu:1 at 10 s");
  CHECK(begin_of(sweep, 6) == "cpu:0+cpu:1 at 20 s");
  CHECK(begin_of(sweep, 1) == "cpu:2 at 0 s");
  CHECK(begin_of(sweep, 3) == "cpu:2 at 10 s");
  CHECK(begin_of(sweep, 5) == "cpu:2 at 20 s");
  CHECK(ranks.front() == "32-tiny-s2 01");
  CHECK(sweep.value(kShared) == "0");
  CHECK(sweep.told("32-tiny-s2 started on cpu:0 + cpu:1"));
}

TEST_CASE("a run on several slots that comes back late waits for smaller ones, and is done") {
  SupervisedSweep sweep(6, 2, [](const attempt::Spec& spec) {
    FakeAttempt plan;
    if (spec.run == "32-tiny-s1" && spec.attempt == 1) plan.ends = FakeAttempt::Ends::failed;
    if (spec.run == "32-tiny-s2") plan.seconds = 15;  // so that no two slots are free at a time
    return plan;
  });
  sweep.options.retry.backoff_s = 1;
  sweep.let_take({2});
  CHECK(sweep.run() == SweepEnd::complete);
  CHECK(sweep.queue.counts().done == 6);
  CHECK(sweep.newest(1, "slot") == "cpu:0+cpu:1");
  CHECK(sweep.launcher.calls.back() == "start 32-tiny-s1/2");
  CHECK(sweep.value(kShared) == "0");
}

TEST_CASE("the slots of an adopted run on several are not given to another one") {
  SupervisedSweep sweep(3, 2);
  sweep.let_take({2});
  const Texts free = {"cpu:0", "cpu:1"};
  const db::Claim claim = sweep.queue.claim_next(free).value();
  prepare_attempt(sweep.store.attempt(claim.name, 1), claim, sweep.planned.front().spec, {});
  sweep.launcher.living = {claim.name};
  Supervisor supervisor = sweep.supervisor();
  supervisor.take_over(sweep.queue.open_attempts());
  CHECK(supervisor.run() == SweepEnd::complete);
  CHECK(sweep.launcher.calls.front() == "adopt 32-tiny-s1");
  CHECK(sweep.value(kShared) == "0");
  CHECK(sweep.queue.counts().done == 3);
}

TEST_CASE(
    "a device failure of a run on two GPUs rests both of them, and the run goes on elsewhere") {
  SupervisedSweep sweep(1, 0, [](const attempt::Spec& spec) {
    FakeAttempt plan;
    if (spec.slot.gpu_uuid == "GPU-a") {
      plan.ends = FakeAttempt::Ends::failed;
      plan.error_class = "device";
    }
    return plan;
  });
  on_gpus(sweep, {"GPU-a", "GPU-b", "GPU-c", "GPU-d"});
  sweep.let_take({2});
  CHECK(sweep.run() == SweepEnd::complete);
  CHECK(sweep.newest(1, "slot") == "GPU-c+GPU-d");
  CHECK(sweep.newest(1, "failures") == "0");
  CHECK(sweep.told("GPU-a is not used: it failed and rests for a minute"));
  CHECK(sweep.told("GPU-b is not used: it failed and rests for a minute"));
}

TEST_CASE("a defective GPU is left to itself as long as the runs that wait fit into the others") {
  SupervisedSweep sweep(2, 2);
  sweep.options.slot_problem = [](const SlotPlan& slot) -> std::optional<GpuProblem> {
    if (slot.name != "cpu:0") return std::nullopt;
    return GpuProblem{GpuProblem::Kind::quarantined, "3 uncorrected memory errors"};
  };
  SUBCASE("they do") {
    CHECK(sweep.run() == SweepEnd::complete);
    CHECK(sweep.newest(2, "slot") == "cpu:1");
  }
  SUBCASE("one does not, and the sweep ends as unusable when the others are done") {
    sweep.let_take({1, 2});
    CHECK_THROWS_WITH_AS(sweep.run(),
                         doctest::Contains("cpu:0 is not used: 3 uncorrected memory errors; no run "
                                           "fits into the others"),
                         Error);
    CHECK(sweep.state(1) == "done");
  }
}

TEST_CASE("a run on several slots is shown as one row with all of them") {
  SupervisedSweep sweep(2, 3);
  sweep.let_take({2});
  Texts rows;
  sweep.launcher.after_wait = [&] {
    if (!rows.empty()) return;
    for (const SlotView& slot : sweep.progress.newest.slots)
      rows.push_back(slot.slot + " " + slot.run);
  };
  CHECK(sweep.run() == SweepEnd::complete);
  CHECK(rows == Texts{"cpu:0 + cpu:1 32-tiny-s1", "cpu:2 32-tiny-s2"});
  CHECK(sweep.progress.newest.slots.size() == 3);
}
