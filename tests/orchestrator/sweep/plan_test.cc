#include "orchestrator/sweep/plan.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/orchestrator/sweep/sweep_text.h"

using namespace radsweep::orchestrator;
using namespace radsweep::test;

namespace {

// 4 runs: 96 and 64 px, seeds 1 and 2.
PlanInput input_of_four() {
  const Sweep sweep = parse_sweep(valid_text(), "t.yaml");
  PlanInput input;
  input.sweep = "t";
  input.file = "t.yaml";
  input.store = "runs/t";
  input.resolutions = sweep.grid.resolutions;
  input.data = {{"/d", "/c", {}, "manifest"}, 1000, 900};
  input.runs = expand(sweep, input.data);
  input.slots = {{"cpu:0", std::nullopt}, {"cpu:1", std::nullopt}};
  return input;
}

bool contains(const std::string& text, const std::string& part) {
  CAPTURE(text);
  CHECK(text.find(part) != std::string::npos);
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a plan for a new store knows order, costs, memory and disk, and no time") {
  const Plan plan = make_plan(input_of_four());
  REQUIRE(plan.rows.size() == 4);
  CHECK(plan.rows[0].name == "96-densenet121-s1");
  CHECK(plan.rows[0].state == "new");
  CHECK(plan.rows[0].relative_cost == doctest::Approx(96.0 * 96 / (64 * 64)).epsilon(0.01));
  CHECK(plan.rows[3].relative_cost == 1);
  CHECK(plan.to_do == 4);
  CHECK(plan.cache_bytes == 1000.0 * (96 * 96 + 64 * 64));
  CHECK(plan.checkpoint_bytes == 4 * 7 * 4.0 * 8'008'064);  // parameters of densenet121 and head
  CHECK_FALSE(plan.seconds);
  const std::string text = to_text(plan);
  CHECK(contains(text, "time    unknown: no run of this store has finished"));
  CHECK(contains(text, "runs    4: 4 new"));
  CHECK(contains(text, "store   runs/t (new)"));
  CHECK(to_json(plan)["seconds"].is_null());
}

TEST_CASE("what the store has is shown by state, and only the rest is planned") {
  PlanInput input = input_of_four();
  input.store_exists = true;
  const auto stored = [&](std::size_t run, const char* state) {
    return StoredRun{input.runs[run].row.name, input.runs[run].row.identity, state, true};
  };
  input.stored = {stored(0, "done"),
                  stored(1, "pending"),
                  stored(2, "failed"),
                  {"old", "another identity", "pending", true},
                  {"older", "a third", "cancelled", false}};
  input.measured = {{96, "densenet121", input.runs[0].row.cost, 60}};
  const Plan plan = make_plan(input);
  CHECK(plan.rows[0].state == "done");
  CHECK(plan.rows[1].state == "pending");
  CHECK(plan.rows[2].state == "failed");
  CHECK(plan.rows[3].state == "new");
  CHECK(plan.to_do == 2);
  CHECK(plan.dropped == std::vector<std::string>{"old"});
  CHECK(*plan.seconds == doctest::Approx(60));  // two slots: the longer one
  CHECK(contains(to_text(plan), "runs    4: 1 done, 1 failed, 1 new, 1 pending"));
  CHECK(contains(to_text(plan), "time    60 s for 2 runs, by the speed of 1 finished ones"));
  CHECK(to_json(plan)["counts"]["pending"] == 1);
  CHECK(to_json(plan)["runs"][0]["identity"] == input.runs[0].row.identity);
}

TEST_CASE("without data identities are unknown, so nothing is said to be dropped") {
  PlanInput input = input_of_four();
  input.data.source.manifest.clear();
  input.stored = {{"old", "another identity", "pending", true}};
  input.missing = {"generated data: /d"};
  const Plan plan = make_plan(input);
  CHECK(plan.dropped.empty());
  CHECK(plan.warnings.size() == 1);
  CHECK(to_json(plan)["runs"][0]["identity"].is_null());
  CHECK(contains(to_text(plan), "first   make generated data: /d"));
}

TEST_CASE("runs that fit one GPU and not another are warned of once per cell") {
  PlanInput input = input_of_four();
  input.slots = {{"GPU 0", 1e12}, {"GPU 1", input.runs.back().memory_bytes}};
  const Plan plan = make_plan(input);
  REQUIRE(plan.warnings.size() == 1);
  CHECK(contains(plan.warnings.front(), "96-densenet121 is predicted to need"));
  CHECK(plan.fit.nowhere.empty());
}

TEST_CASE("runs that fit no GPU are in the plan by cell, unless they have ended") {
  PlanInput input = input_of_four();
  input.slots = {{"GPU 0", 1.0}};
  Plan plan = make_plan(input);
  CHECK(plan.fit.nowhere.size() == 2);
  CHECK(to_json(plan)["fits_nowhere"].size() == 2);
  for (const PlannedRun& run : input.runs) {
    input.stored.push_back({run.row.name, run.row.identity, "done", true});
  }
  CHECK(make_plan(input).fit.nowhere.empty());
}

TEST_CASE("the times of a benchmark come before those of finished runs") {
  PlanInput input = input_of_four();
  input.wants_schedule = true;
  input.measured = {{96, "densenet121", input.runs[0].row.cost, 60}};
  input.benchmark = "s.json (GPU)";
  for (const PlannedRun& run : input.runs) input.benchmarked[run.row.name] = 7200;
  Plan plan = make_plan(input);
  CHECK(*plan.rows[0].seconds == 7200);
  CHECK(*plan.seconds == doctest::Approx(2 * 7200));
  CHECK(contains(to_text(plan), "time    4.0 h for 4 runs, by the speeds of s.json (GPU)\n"));

  input.benchmarked.erase(input.runs[0].row.name);
  plan = make_plan(input);
  CHECK_FALSE(plan.rows[0].seconds);
  CHECK_FALSE(plan.seconds);  // nor is a schedule of seconds and relative costs
  CHECK_FALSE(plan.schedule->in_seconds);
  REQUIRE(plan.warnings.size() == 1);
  CHECK(contains(plan.warnings[0], "1 runs, the first 96-densenet121-s1, is not among"));
  CHECK(contains(to_text(plan), "time    unknown: not every run's speed"));
}

TEST_CASE("a schedule says which runs each slot gets, in the unit that is known") {
  PlanInput input = input_of_four();
  input.wants_schedule = true;
  Plan plan = make_plan(input);
  REQUIRE(plan.schedule);
  CHECK_FALSE(plan.schedule->in_seconds);
  REQUIRE(plan.schedule->slots.size() == 2);
  CHECK(plan.schedule->slots[0].runs ==
        std::vector<std::string>{"96-densenet121-s1", "64-densenet121-s1"});
  CHECK(plan.schedule->makespan == doctest::Approx(3.25).epsilon(0.01));
  CHECK(plan.schedule->bound == doctest::Approx(plan.schedule->makespan));
  CHECK(contains(to_text(plan), "schedule  3.2x; no schedule is shorter than 3.2x"));
  CHECK(contains(to_text(plan), "cpu:0  3.2x  96-densenet121-s1, 64-densenet121-s1"));
  CHECK(to_json(plan)["schedule"]["slots"][1]["runs"][1] == "64-densenet121-s2");

  input.measured = {{96, "densenet121", input.runs[0].row.cost, 3600}};
  plan = make_plan(input);
  CHECK(plan.schedule->in_seconds);
  CHECK(plan.schedule->makespan == doctest::Approx(*plan.seconds));
}

TEST_CASE("a plan says that unpromising runs will be stopped, and by which rule") {
  PlanInput input = input_of_four();
  CHECK(to_json(make_plan(input))["prune"].is_null());
  CHECK(to_text(make_plan(input)).find("prune") == std::string::npos);
  input.prune = MedianRule{3, 4};
  CHECK(contains(to_text(make_plan(input)), "prune   median: from epoch 3 on a run is stopped"));
  CHECK(to_json(make_plan(input))["prune"]["median"]["min_runs"] == 4);
  input.prune = AshaRule{1, 3};
  CHECK(contains(to_text(make_plan(input)), "prune   asha: after 1, 3, 9, ... epochs a run"));
  CHECK(to_json(make_plan(input))["prune"]["asha"]["reduction"] == 3);
}
