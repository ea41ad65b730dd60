#include "orchestrator/sweep_picture.h"

#include <algorithm>
#include <tuple>

#include "db/query.h"
#include "orchestrator/gpus_column.h"
#include "orchestrator/objective.h"
#include "orchestrator/progress/eta.h"

namespace radsweep::orchestrator {
namespace {

struct RunRow {
  std::string name, architecture, variant, objective;
  int resolution = 0;
  db::RunState state = db::RunState::pending;
  double cost = 0;
  int gpus = 1;
  std::optional<double> best, train_seconds;  // best: AUC or objective, so far
};

std::optional<double> real(const db::Value& value) {
  if (const auto* number = std::get_if<double>(&value)) return *number;
  return std::nullopt;
}

std::vector<RunRow> read_runs(db::Database& database) {
  const db::Table table = db::query(
      database,
      std::string("SELECT run.name, run.resolution, run.architecture, run.variant, run.state,"
                  " run.cost, coalesce(result.best_auc, ") +
          kBestSoFar + "), result.train_seconds, " + kObjectiveMetric +
          ", min(run.id) OVER (PARTITION BY resolution, architecture, variant) AS first_of_cell, " +
          gpus_of(database, "run") +
          " FROM run LEFT JOIN result ON result.run_id = run.id WHERE run.current = 1"
          " ORDER BY run.resolution, run.architecture, first_of_cell, run.seed");
  std::vector<RunRow> rows;
  for (const auto& row : table.rows) {
    RunRow run;
    run.name = std::get<std::string>(row[0]);
    run.resolution = static_cast<int>(std::get<std::int64_t>(row[1]));
    run.architecture = std::get<std::string>(row[2]);
    run.variant = std::get<std::string>(row[3]);
    run.state = db::run_state_from(std::get<std::string>(row[4]));
    run.cost = real(row[5]).value_or(0);
    run.best = real(row[6]);
    run.train_seconds = real(row[7]);
    if (const auto* metric = std::get_if<std::string>(&row[8])) run.objective = *metric;
    run.gpus = static_cast<int>(std::get<std::int64_t>(row[10]));
    rows.push_back(std::move(run));
  }
  return rows;
}

void add_to_cell(CellView& cell, const RunRow& run) {
  ++cell.total;
  cell.running += run.state == db::RunState::running ? 1 : 0;
  cell.failed += run.state == db::RunState::failed ? 1 : 0;
  if (run.state != db::RunState::done) return;
  ++cell.done;
  if (!run.best) return;
  // Running mean over the cell's done runs; those without an AUC are rare and weigh as absent.
  const double before = cell.mean.value_or(*run.best);
  cell.mean = before + (*run.best - before) / cell.done;
}

std::vector<CellView> make_cells(const std::vector<RunRow>& runs) {
  std::vector<CellView> cells;
  for (const RunRow& run : runs) {
    const auto same = [&run](const CellView& cell) {
      return std::tie(cell.resolution, cell.architecture, cell.variant) ==
             std::tie(run.resolution, run.architecture, run.variant);
    };
    if (cells.empty() || !same(cells.back())) {
      CellView cell;
      cell.resolution = run.resolution;
      cell.architecture = run.architecture;
      cell.variant = run.variant;
      cells.push_back(std::move(cell));
    }
    add_to_cell(cells.back(), run);
  }
  return cells;
}

const RunningView* find(const std::vector<RunningView>& running, const std::string& run) {
  const auto found = std::find_if(running.begin(), running.end(),
                                  [&run](const RunningView& view) { return view.run == run; });
  return found == running.end() ? nullptr : &*found;
}

double fraction(long steps, long total) {
  return total > 0 ? std::clamp(static_cast<double>(steps) / static_cast<double>(total), 0.0, 1.0)
                   : 0.0;
}

EtaInput::Running progress_of(const RunRow& run, const RunningView& worker) {
  EtaInput::Running progress;
  progress.remaining_cost = run.cost;
  progress.done.gpus = worker.gpus;
  if (!worker.beat) return progress;
  const long total = worker.beat->total_steps, step = worker.beat->step;
  progress.remaining_cost = run.cost * (1 - fraction(step, total));
  progress.done.cost = run.cost * fraction(step - worker.first_step, total);
  progress.done.seconds = worker.seconds;
  return progress;
}

std::optional<double> expect_s(const std::vector<RunRow>& runs, std::size_t slots,
                               const std::vector<RunningView>& running) {
  if (slots == 0) return std::nullopt;
  EtaInput input;
  input.slots = slots;
  for (const RunRow& run : runs) {
    const bool ended = run.state == db::RunState::failed || run.state == db::RunState::cancelled;
    if (run.state == db::RunState::done) {
      input.finished.push_back({run.cost, run.train_seconds.value_or(0), run.gpus});
    } else if (const RunningView* worker = find(running, run.name)) {
      input.running.push_back(progress_of(run, *worker));
    } else if (!ended) {
      input.waiting.push_back({run.cost, run.gpus});
    }
  }
  return estimate_eta_s(input);
}

std::optional<double> seconds_left(const RunningView& worker) {
  if (!worker.beat || worker.seconds <= 0) return std::nullopt;
  const long done = worker.beat->step - worker.first_step;
  const long left = worker.beat->total_steps - worker.beat->step;
  if (done <= 0 || left <= 0) return std::nullopt;
  return worker.seconds / static_cast<double>(done) * static_cast<double>(left);
}

}  // namespace

SweepView picture_sweep(db::Database& database, const std::string& name,
                        std::vector<SlotView> slots, std::size_t slots_in_all,
                        const std::vector<RunningView>& running) {
  const std::vector<RunRow> runs = read_runs(database);
  SweepView view;
  view.name = name;
  for (const RunRow& run : runs) ++count_of(view.counts, run.state);
  view.cells = make_cells(runs);
  if (!runs.empty()) view.objective = runs.front().objective;
  view.eta_s = expect_s(runs, slots_in_all, running);
  for (SlotView& slot : slots) {
    const auto run = std::ranges::find(runs, slot.run, &RunRow::name);
    if (run != runs.end() && !slot.best) slot.best = run->best;
    if (const RunningView* worker = find(running, slot.run)) slot.eta_s = seconds_left(*worker);
  }
  view.slots = std::move(slots);
  return view;
}

}  // namespace radsweep::orchestrator
