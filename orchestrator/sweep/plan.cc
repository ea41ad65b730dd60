#include "orchestrator/sweep/plan.h"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <set>

#include "orchestrator/sweep/memory.h"
#include "orchestrator/sweep/plan_text.h"
#include "orchestrator/sweep/schedule.h"

namespace radsweep::orchestrator {
namespace {

bool has_ended(const std::string& state) {
  return state == "done" || state == "failed" || state == "cancelled";
}

// Without data there is no manifest, and identities are not known yet.
bool knows_identities(const PlanInput& input) {
  return !input.data.source.manifest.empty();
}

// Of a benchmark only what it measured: between cells of other kinds there is no common measure.
std::optional<double> predicted_seconds(const PlanInput& input, const PlanRow& row,
                                        const MeasuredSpeed& speed) {
  if (input.benchmark.empty())
    return speed.seconds(row.resolution, row.architecture, row.cost, row.gpus);
  const auto known = input.benchmarked.find(row.name);
  if (known == input.benchmarked.end()) return std::nullopt;
  return known->second;
}

std::vector<PlanRow> make_rows(const PlanInput& input) {
  std::map<std::string, std::string> states;
  for (const StoredRun& run : input.stored) states[run.identity] = run.state;
  const MeasuredSpeed speed(input.measured);
  double cheapest = std::numeric_limits<double>::infinity();
  for (const PlannedRun& run : input.runs) cheapest = std::min(cheapest, run.row.cost);
  std::vector<PlanRow> rows;
  for (const PlannedRun& run : input.runs) {
    PlanRow row;
    row.name = run.row.name;
    row.identity = knows_identities(input) ? run.row.identity : "";
    const auto known = states.find(row.identity);
    row.state = known == states.end() ? "new" : known->second;
    row.resolution = run.row.resolution;
    row.architecture = run.row.architecture;
    row.variant = run.row.variant;
    row.seed = run.row.seed;
    row.cost = run.row.cost;
    row.memory_bytes = run.memory_bytes;
    row.gpus = run.row.gpus;
    row.seconds = predicted_seconds(input, row, speed);
    row.relative_cost = cheapest > 0 ? row.cost / cheapest : 1;
    rows.push_back(row);
  }
  return rows;
}

std::vector<std::string> dropped_runs(const PlanInput& input) {
  if (!knows_identities(input)) return {};
  std::set<std::string> named;
  for (const PlannedRun& run : input.runs) named.insert(run.row.identity);
  std::vector<std::string> dropped;
  for (const StoredRun& run : input.stored) {
    if (run.current && !named.contains(run.identity)) dropped.push_back(run.name);
  }
  return dropped;
}

PlanSchedule make_schedule(const Plan& plan) {
  PlanSchedule schedule;
  schedule.in_seconds = plan.seconds.has_value();
  std::vector<const PlanRow*> rows;
  std::vector<Job> jobs;
  for (const PlanRow& row : plan.rows) {
    if (has_ended(row.state)) continue;
    rows.push_back(&row);
    jobs.emplace_back(schedule.in_seconds ? *row.seconds : row.relative_cost / row.gpus, row.gpus);
  }
  const Schedule simulated = simulate(jobs, plan.input.slots.size());
  schedule.slots.resize(plan.input.slots.size());
  std::vector<std::size_t> by_start(rows.size());
  std::iota(by_start.begin(), by_start.end(), 0);
  std::ranges::stable_sort(by_start, {}, [&](std::size_t i) { return simulated.start[i]; });
  for (const std::size_t i : by_start) {
    for (const std::size_t taken : simulated.slots[i]) {
      PlanSchedule::Slot& slot = schedule.slots[taken];
      slot.busy += jobs[i].duration;
      slot.runs.push_back(rows[i]->name);
    }
  }
  schedule.makespan = simulated.makespan;
  schedule.bound = shortest_conceivable(jobs, plan.input.slots.size());
  return schedule;
}

MemoryFit fit_of(const Plan& plan) {
  std::vector<MemoryNeed> needs;
  for (std::size_t i = 0; i < plan.rows.size(); ++i) {
    if (!has_ended(plan.rows[i].state)) needs.push_back(need_of(plan.input.runs[i]));
  }
  std::vector<std::optional<double>> slots;
  for (const PlanSlot& slot : plan.input.slots) slots.push_back(slot.memory_bytes);
  return memory_fit(needs, slots);
}

// One line for all runs that the benchmark says nothing about.
void warn_of_unknown_speeds(Plan& plan) {
  if (plan.input.benchmark.empty()) return;
  int unknown = 0;
  std::string first;
  for (const PlanRow& row : plan.rows) {
    if (row.seconds || has_ended(row.state)) continue;
    if (unknown++ == 0) first = row.name;
  }
  if (unknown == 0) return;
  plan.warnings.push_back("the speed of " + std::to_string(unknown) + " runs, the first " + first +
                          ", is not among those of " + plan.input.benchmark + ": radsweep bench " +
                          plan.input.file + " --output FILE measures it");
}

}  // namespace

Plan make_plan(PlanInput input) {
  Plan plan;
  plan.input = std::move(input);
  plan.rows = make_rows(plan.input);
  plan.dropped = dropped_runs(plan.input);
  std::vector<Job> jobs;
  for (std::size_t i = 0; i < plan.rows.size(); ++i) {
    if (has_ended(plan.rows[i].state)) continue;
    ++plan.to_do;
    if (!plan.input.runs[i].spec.trainer)
      plan.checkpoint_bytes +=
          checkpoint_bytes(plan.input.runs[i].spec.architecture, plan.input.runs[i].spec.recipe);
    if (plan.rows[i].seconds) jobs.emplace_back(*plan.rows[i].seconds, plan.rows[i].gpus);
  }
  for (const int px : plan.input.resolutions) {
    plan.cache_bytes += static_cast<double>(plan.input.data.train_images) * px * px;
  }
  plan.measured_runs = MeasuredSpeed(plan.input.measured).runs();
  const bool all_known = jobs.size() == static_cast<std::size_t>(plan.to_do);
  const bool measured = plan.measured_runs > 0 || !plan.input.benchmarked.empty();
  if (measured && all_known && !plan.input.slots.empty()) {
    plan.seconds = simulate(jobs, plan.input.slots.size()).makespan;
  }
  if (plan.input.wants_schedule) plan.schedule = make_schedule(plan);
  plan.fit = fit_of(plan);
  for (const std::string& line : plan.fit.not_everywhere) {
    plan.warnings.push_back(line + ": fewer runs_per_gpu, or a smaller studies_per_batch");
  }
  warn_of_unknown_speeds(plan);
  if (!knows_identities(plan.input) && !plan.input.stored.empty()) {
    plan.warnings.push_back(
        "the data does not exist yet, so the runs cannot be compared with the store's");
  }
  return plan;
}

}  // namespace radsweep::orchestrator
