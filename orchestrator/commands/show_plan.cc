#include "orchestrator/commands/show_plan.h"

#include <filesystem>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.h"
#include "db/database.h"
#include "db/query.h"
#include "orchestrator/commands/known_data.h"
#include "orchestrator/environment/check_programs.h"
#include "orchestrator/environment/slots.h"
#include "orchestrator/gpus_column.h"
#include "orchestrator/speed/speed_report.h"
#include "orchestrator/store.h"
#include "orchestrator/sweep/assumed_gpus.h"
#include "orchestrator/sweep/plan.h"
#include "orchestrator/sweep/sweep_file.h"

namespace radsweep::orchestrator {
namespace {

double number_of(const db::Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  return std::get<double>(value);
}

void read_store(const Store& store, PlanInput& input) {
  input.store_exists = std::filesystem::exists(store.database());
  if (!input.store_exists) return;
  db::Database database = db::Database::open_for_reading(store.database());
  const db::Table known =
      db::query(database, "SELECT run_id, identity, state, current FROM runs ORDER BY run_id");
  for (const auto& row : known.rows) {
    input.stored.push_back({std::get<std::string>(row[0]), std::get<std::string>(row[1]),
                            std::get<std::string>(row[2]), number_of(row[3]) != 0});
  }
  const db::Table done =
      db::query(database, "SELECT resolution, architecture, cost, train_seconds, " +
                              gpus_of(database, "runs") + " FROM runs WHERE state = 'done'");
  for (const auto& row : done.rows) {
    input.measured.push_back({static_cast<int>(number_of(row[0])), std::get<std::string>(row[1]),
                              number_of(row[2]), number_of(row[3]),
                              static_cast<int>(number_of(row[4]))});
  }
}

void read_slots(const Sweep& sweep, const PlanOptions& options, PlanInput& input) {
  const Machine machine = inspect_machine();
  SlotOptions wanted;
  wanted.gpus = options.gpus;
  wanted.cpu_slots = options.cpu_slots;
  wanted.runs = static_cast<int>(input.runs.size());
  const SlotPlans plans = plan_slots(sweep.resources, wanted, machine);
  for (const std::string& note : plans.notes) std::cerr << "radsweep: " << note << '\n';
  for (const SlotPlan& slot : plans.slots) input.slots.push_back({slot.label, slot.memory_bytes});
}

void assume_gpus(const Sweep& sweep, const std::string& text, PlanInput& input) {
  const AssumedGpus gpus = parse_assumed_gpus(text);
  if (!gpus.memory_bytes) {
    std::cerr << "radsweep: whether the runs fit is not checked: the memory of these GPUs is not "
                 "known (--assume-gpus "
              << text << ":24 says that it is 24 GiB)\n";
  }
  input.slots = slots_of(gpus, sweep.resources.runs_per_gpu);
  if (std::cmp_less(input.slots.size(), sweep.resources.gpus_per_run)) {
    throw Error(ExitCode::usage, "assume", "the GPUs '" + text + "'",
                "a run takes " + std::to_string(sweep.resources.gpus_per_run) + " of them",
                "assume more, or a smaller gpus_per_run");
  }
  input.wants_schedule = true;
}

// Weights that are not there decide the identity of runs, which is not known without the data
// either, and neither time nor memory.
void forget_missing_weights(Sweep& sweep) {
  const std::size_t named = sweep.pretrained.size();
  std::erase_if(sweep.pretrained,
                [](const auto& entry) { return !std::filesystem::exists(entry.second); });
  if (sweep.pretrained.size() == named) return;
  std::cerr << "radsweep: the initial weights are not there either; run will ask for them\n";
}

void read_benchmark(const std::string& file, const KnownData& data, PlanInput& input) {
  std::map<std::string, CellSpeed> speeds;
  for (CellSpeed& cell : read_speeds(file)) {
    if (cell.error.empty()) input.benchmark = file + " (" + cell.device + ")";
    speeds[cell.key] = std::move(cell);
  }
  if (input.benchmark.empty()) input.benchmark = file;
  const Workload work{data.facts.train_studies, data.facts.train_images, data.valid_images};
  for (const PlannedRun& run : input.runs) {
    const auto speed = speeds.find(speed_key(run.spec));
    if (speed == speeds.end()) continue;
    const auto seconds = predicted_seconds(speed->second, run.spec.recipe, work);
    if (seconds) input.benchmarked[run.row.name] = *seconds / run.row.gpus;
  }
}

}  // namespace

void show_plan(const PlanOptions& options) {
  Sweep sweep = read_sweep_file(options.file);
  const Store store(options.store ? std::filesystem::path(*options.store)
                                  : std::filesystem::path("runs") / sweep.name);
  const KnownData data = known_data(
      sweep, store, options.assumed_gpus ? WithoutData::published : WithoutData::refused);
  if (data.published) forget_missing_weights(sweep);
  PlanInput input;
  input.sweep = sweep.name;
  input.file = sweep.file;
  input.prune = sweep.prune;
  input.store = store.root().string();
  input.resolutions = sweep.grid.resolutions;
  input.data = data.facts;
  input.missing = data.missing;
  if (data.published) input.data_source = data.source;
  input.runs = expand(sweep, input.data);
  check_programs(input.runs);
  read_store(store, input);
  if (options.assumed_gpus) {
    assume_gpus(sweep, *options.assumed_gpus, input);
  } else {
    read_slots(sweep, options, input);
  }
  if (options.speeds) read_benchmark(*options.speeds, data, input);
  const Plan plan = make_plan(std::move(input));
  if (options.json) {
    std::cout << to_json(plan).dump(2) << '\n';
  } else {
    std::cout << to_text(plan);
  }
  for (const std::string& warning : plan.warnings) {
    std::cerr << "radsweep: warning: " << warning << '\n';
  }
  refuse_misfits(plan.fit, sweep.file);
}

}  // namespace radsweep::orchestrator
