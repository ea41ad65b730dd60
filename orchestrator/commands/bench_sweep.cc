#include "orchestrator/commands/bench_sweep.h"

#include <algorithm>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "base/durable_file.h"
#include "orchestrator/commands/known_data.h"
#include "orchestrator/speed/measure_cell.h"
#include "orchestrator/speed/speed_report.h"
#include "orchestrator/stop_signals.h"
#include "orchestrator/sweep/sweep_file.h"

namespace radsweep::orchestrator {
namespace {

void tell(const std::string& line) {
  std::cerr << "radsweep: " << line << '\n';
}

// Initial weights change no speed, so none need to be there. Returns how many runs each of those
// that are left stands for: one per value of the axis.
int forget_weights(Sweep& sweep) {
  const int starts = std::max(1, static_cast<int>(sweep.grid.pretrained.size()));
  sweep.pretrained.clear();
  sweep.grid.pretrained.clear();
  return starts;
}

// One run of each cell, in the order of the queue, and how many the cell has.
struct Cell {
  const PlannedRun* run;
  int runs;
};
std::vector<Cell> cells_of(const std::vector<PlannedRun>& runs, int starts) {
  std::vector<Cell> cells;
  for (const PlannedRun& run : runs) {
    const auto same = std::ranges::find_if(cells, [&run](const Cell& cell) {
      const db::NewRun& row = cell.run->row;
      return row.resolution == run.row.resolution && row.architecture == run.row.architecture &&
             row.variant == run.row.variant;
    });
    if (same == cells.end()) {
      cells.push_back({&run, starts});
    } else {
      same->runs += starts;
    }
  }
  return cells;
}

// The first slot that a run could be given now: another program on the GPU would be measured, too.
const SlotPlan& free_slot(const std::vector<SlotPlan>& slots, const Machine& machine) {
  std::string why;
  for (const SlotPlan& slot : slots) {
    const auto gpu = std::ranges::find(machine.gpus.gpus, slot.slot.gpu_uuid,
                                       [](const Gpu& g) { return g.uuid; });
    if (gpu == machine.gpus.gpus.end()) return slot;  // the CPU
    const auto problem = find_problem(*gpu);
    if (!problem) return slot;
    why += (why.empty() ? "" : "; ") + slot.label + ": " + problem->reason;
  }
  throw Error(ExitCode::environment, "measure on", "any GPU", why, "try again when one is free");
}

// What the measurement of one run alone does not show.
void tell_of_neighbours(const Resources& resources, const SlotPlans& plans, const SlotPlan& slot) {
  for (const std::string& note : plans.notes) tell(note);
  if (resources.gpus_per_run > 1) {
    tell(
        "one process is measured; a run on k GPUs is reckoned to take a k-th of its time, which "
        "leaves out what summing over them costs");
  }
  if (slot.slot.gpu_uuid.empty() && plans.slots.size() > 1) {
    tell("runs beside each other share the memory's bandwidth: on all " +
         std::to_string(plans.slots.size()) + " slots at once each may be slower than measured");
  } else if (resources.runs_per_gpu > 1) {
    tell("runs_per_gpu is " + std::to_string(resources.runs_per_gpu) +
         ": runs that share a GPU are slower than measured");
  }
}

CellSpeed measured(const Cell& cell, const SlotPlan& slot, const MeasureOptions& options,
                   std::map<std::string, CellSpeed>& known) {
  const PlannedRun& run = *cell.run;
  const auto same = known.find(speed_key(run.spec));
  if (same == known.end()) {
    const CellSpeed speed = measure_cell(run, slot.slot, options);
    known[speed.key] = speed;
    return speed;
  }
  CellSpeed speed = same->second;  // only rates or epochs differ
  speed.variant = run.row.variant;
  speed.architecture = run.row.architecture;
  return speed;
}

Error asked_to_stop(ExitCode code) {
  return Error(code, "finish", "the measurement", "it was asked to stop",
               "nothing of it is kept; the same command begins it anew");
}

void measure_all(const std::vector<Cell>& cells, const SlotPlan& slot,
                 const MeasureOptions& options, SpeedReport& report) {
  StopSignals signals(Hangup::stops);
  std::map<std::string, CellSpeed> known;
  try {
    for (const Cell& cell : cells) {
      if (signals.count() > 0) throw asked_to_stop(ExitCode::stopped);
      tell("measuring " + cell.run->row.name + ", cell " + std::to_string(report.cells.size() + 1) +
           " of " + std::to_string(cells.size()));
      report.cells.push_back({measured(cell, slot, options, known), cell.run->spec.recipe,
                              cell.runs, cell.run->row.gpus});
      const std::string& error = report.cells.back().speed.error;
      if (!error.empty()) tell("  " + error);
    }
  } catch (const Error& error) {
    if (error.code() != ExitCode::stopped && error.code() != ExitCode::interrupted) throw;
    throw asked_to_stop(error.code());
  }
}

}  // namespace

ExitCode bench_sweep(const BenchOptions& options) {
  Sweep sweep = read_sweep_file(options.file);
  if (sweep.trainer) {
    throw Error(ExitCode::usage, "measure the speed of", sweep.file,
                "its runs are trained by a program of yours, whose steps nobody else knows",
                "radsweep plan tells the time once a run of the store has finished");
  }
  const int starts = forget_weights(sweep);
  const Store store(std::filesystem::path("runs") / sweep.name);
  const KnownData data = known_data(sweep, store, WithoutData::published);
  const std::vector<PlannedRun> runs = expand(sweep, data.facts);
  const Machine machine = inspect_machine();
  const SlotPlans plans = plan_slots(
      sweep.resources, {options.gpus, options.cpu_slots, starts * static_cast<int>(runs.size())},
      machine);
  const SlotPlan& slot = free_slot(plans.slots, machine);
  tell_of_neighbours(sweep.resources, plans, slot);

  SpeedReport report;
  report.sweep = sweep.name;
  report.file = sweep.file;
  report.data = data.source;
  report.work = {data.facts.train_studies, data.facts.train_images, data.valid_images};
  report.slot = slot.label;
  report.slots = static_cast<int>(plans.slots.size());
  const double images_per_study = static_cast<double>(data.facts.train_images) /
                                  static_cast<double>(std::max(1L, data.facts.train_studies));
  measure_all(cells_of(runs, starts), slot, {options.steps, std::max(1.0, images_per_study)},
              report);

  const std::string text = to_json(report).dump(2) + "\n";
  if (!options.output.empty()) replace_file(options.output, text);
  std::cout << (options.json ? text : to_text(report)) << std::flush;
  const bool all = std::ranges::all_of(
      report.cells, [](const BenchCell& cell) { return cell.speed.error.empty(); });
  return all ? ExitCode::complete : ExitCode::failed_runs;
}

}  // namespace radsweep::orchestrator
