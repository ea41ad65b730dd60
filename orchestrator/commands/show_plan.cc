#include "orchestrator/commands/show_plan.h"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "db/database.h"
#include "db/query.h"
#include "orchestrator/environment/check_programs.h"
#include "orchestrator/environment/prepare_data.h"
#include "orchestrator/environment/slots.h"
#include "orchestrator/store.h"
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
  const db::Table done = db::query(
      database,
      "SELECT resolution, architecture, cost, train_seconds FROM runs WHERE state = 'done'");
  for (const auto& row : done.rows) {
    input.measured.push_back({static_cast<int>(number_of(row[0])), std::get<std::string>(row[1]),
                              number_of(row[2]), number_of(row[3])});
  }
}

// "5" or "5xP6000": so many slots, named after the card.
std::vector<PlanSlot> assumed_slots(const std::string& text, int runs_per_gpu) {
  constexpr int kMost = 10'000;
  const std::size_t cross = std::min(text.find('x'), text.size());
  const std::string digits = text.substr(0, cross);
  const bool is_number = !digits.empty() && digits.size() <= 5 &&
                         digits.find_first_not_of("0123456789") == std::string::npos;
  const int gpus = is_number ? std::stoi(digits) : 0;
  if (gpus < 1 || gpus > kMost) {
    throw Error(ExitCode::usage, "assume", "the GPUs '" + text + "'",
                "it does not begin with a number from 1 to " + std::to_string(kMost),
                "--assume-gpus 5, or 5xP6000");
  }
  const std::string name = cross < text.size() ? " " + text.substr(cross + 1) : "";
  std::vector<PlanSlot> slots;
  for (int gpu = 0; gpu < gpus; ++gpu) {
    for (int copy = 0; copy < std::max(1, runs_per_gpu); ++copy) {
      const std::string suffix = copy == 0 ? "" : "#" + std::to_string(copy);
      slots.push_back({"GPU " + std::to_string(gpu) + suffix + name, std::nullopt});
    }
  }
  return slots;
}

void read_slots(const Sweep& sweep, const PlanOptions& options, PlanInput& input) {
  const Machine machine = inspect_machine();
  SlotOptions wanted;
  wanted.gpus = options.gpus;
  wanted.cpu_slots = options.cpu_slots;
  wanted.runs = static_cast<int>(input.runs.size());
  const SlotPlans plans = plan_slots(sweep.resources, wanted, machine);
  for (const std::string& note : plans.notes) std::cerr << "radsweep: " << note << '\n';
  std::map<std::string, double> memory_mb;
  for (const Gpu& gpu : machine.gpus.gpus) memory_mb[gpu.uuid] = gpu.memory_total_mb;
  for (const SlotPlan& slot : plans.slots) {
    PlanSlot shown{slot.label, std::nullopt};
    const auto gpu = memory_mb.find(slot.slot.gpu_uuid);
    if (gpu != memory_mb.end()) {
      shown.memory_bytes = gpu->second * 1024 * 1024 / sweep.resources.runs_per_gpu;
    }
    input.slots.push_back(shown);
  }
}

}  // namespace

void show_plan(const PlanOptions& options) {
  const Sweep sweep = read_sweep_file(options.file);
  const Store store(options.store ? std::filesystem::path(*options.store)
                                  : std::filesystem::path("runs") / sweep.name);
  PlanInput input;
  input.sweep = sweep.name;
  input.file = sweep.file;
  input.store = store.root().string();
  input.resolutions = sweep.grid.resolutions;
  input.data = inspect_data(sweep, store, input.missing);
  input.runs = expand(sweep, input.data);
  check_programs(input.runs);
  read_store(store, input);
  if (options.assumed_gpus) {
    input.slots = assumed_slots(*options.assumed_gpus, sweep.resources.runs_per_gpu);
    input.wants_schedule = true;
  } else {
    read_slots(sweep, options, input);
  }
  const Plan plan = make_plan(std::move(input));
  if (options.json) {
    std::cout << to_json(plan).dump(2) << '\n';
  } else {
    std::cout << to_text(plan);
  }
  for (const std::string& warning : plan.warnings) {
    std::cerr << "radsweep: warning: " << warning << '\n';
  }
}

}  // namespace radsweep::orchestrator
