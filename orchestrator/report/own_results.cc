#include "orchestrator/report/own_results.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "orchestrator/report/json_text.h"
#include "orchestrator/report/number_text.h"
#include "orchestrator/report/pruned_note.h"
#include "orchestrator/report/table_reader.h"

namespace radsweep::report {
namespace {

using Json = nlohmann::ordered_json;  // axes in the order of the sweep file

OwnRun read_run(const TableReader& rows) {
  OwnRun run;
  run.name = rows.text("run_id");
  run.variant = rows.text("variant");
  run.seed = rows.integer("seed");
  run.state = rows.text("state");
  run.attempts = rows.small("attempts");
  run.best = rows.optional_real("value");
  if (rows.optional_integer("epoch")) run.best_epoch = rows.small("epoch");
  run.train_seconds = rows.optional_real("train_seconds");
  run.device = rows.text("device");
  run.error_class = rows.text("error_class");
  run.error = rows.text("error");
  return run;
}

// The place of an axis among the axes; a run may have them in another order than the one before.
std::size_t axis_at(OwnResults& results, const std::string& name) {
  const auto found = std::ranges::find(results.axes, name, &OwnAxis::name);
  const auto at = static_cast<std::size_t>(found - results.axes.begin());
  if (found == results.axes.end()) results.axes.push_back({name, {}, true});
  return at;
}

// Adds a run's values of all axes but the seed to it and to the axes.
void add_params(OwnResults& results, OwnRun& run, const Json& params) {
  for (const auto& [name, value] : params.items()) {
    results.has_seeds = results.has_seeds || name == "seed";
    if (name == "seed") continue;
    const std::size_t at = axis_at(results, name);
    run.values.resize(results.axes.size());
    run.values[at] = spelled(value);
    OwnAxis& axis = results.axes[at];
    axis.numeric = axis.numeric && value.is_number();
    if (std::ranges::find(axis.values, run.values[at]) == axis.values.end()) {
      axis.values.push_back(run.values[at]);
    }
  }
}

void read_runs(db::Database& database, OwnResults& results) {
  TableReader rows(db::query(
      database,
      "SELECT told.run_id, told.variant, told.seed, told.state, told.metric, told.mode,"
      " told.value, told.epoch, runs.attempts, runs.train_seconds, runs.device, runs.error_class,"
      " runs.error, runs.config"
      " FROM objectives AS told JOIN runs ON runs.run_id = told.run_id"
      " JOIN run ON run.name = told.run_id WHERE told.current = 1 ORDER BY run.id"));
  const std::set<std::string> pruned = pruned_names(database);
  while (rows.next()) {
    OwnRun run = read_run(rows);
    if (pruned.contains(run.name)) run.state = kPruned;
    results.metric = rows.text("metric");
    results.mode = rows.text("mode");
    const Json config = Json::parse(rows.text("config"));  // the database checks that it is JSON
    add_params(results, run, config.at("params"));
    results.runs.push_back(std::move(run));
  }
  for (OwnRun& run : results.runs) run.values.resize(results.axes.size());
}

void read_curves(db::Database& database, OwnResults& results) {
  TableReader rows(db::query(
      database,
      "SELECT run.name, told.epoch, told.value FROM run JOIN metric AS told ON told.run_id = run.id"
      " AND told.name = json_extract(run.config, '$.objective.metric')"
      " WHERE run.current = 1 ORDER BY run.id, told.epoch"));
  auto run = results.runs.begin();
  while (rows.next()) {
    run = std::ranges::find(run, results.runs.end(), rows.text("name"), &OwnRun::name);
    if (run == results.runs.end()) return;  // added since the runs were read
    run->curve.emplace_back(rows.small("epoch"), rows.optional_real("value").value());
  }
}

OwnCell& cell_of(OwnResults& results, const OwnRun& run) {
  const auto found = std::ranges::find(results.cells, run.variant, &OwnCell::variant);
  if (found != results.cells.end()) return *found;
  OwnCell& cell = results.cells.emplace_back();
  cell.variant = run.variant;
  cell.values = run.values;
  return cell;
}

// Everything but what the view has.
void make_cells(OwnResults& results) {
  for (const OwnRun& run : results.runs) {
    OwnCell& cell = cell_of(results, run);
    if (run.state != "done") {
      ++cell.missing;
      cell.missing_seeds.push_back(run.seed);
      if (run.state != kPruned) continue;
      ++cell.pruned;
      cell.pruned_seeds.push_back(run.seed);
      continue;
    }
    ++cell.n;
    const double before = cell.train_seconds.value_or(0);
    cell.train_seconds = before + (run.train_seconds.value_or(0) - before) / cell.n;
  }
}

void add_statistics(db::Database& database, OwnResults& results) {
  TableReader rows(db::query(database, "SELECT * FROM objective_summary"));
  while (rows.next()) {
    const auto cell = std::ranges::find(results.cells, rows.text("variant"), &OwnCell::variant);
    if (cell == results.cells.end()) continue;  // added since the runs were read
    cell->n = rows.small("n");
    cell->mean = rows.optional_real("mean");
    cell->std_dev = rows.optional_real("std");
    cell->min = rows.optional_real("min");
    cell->max = rows.optional_real("max");
    cell->best_run = rows.text("best_run");
  }
}

}  // namespace

bool OwnResults::is_better(double value, double than) const {
  return mode == "min" ? value < than : value > than;
}

std::size_t OwnResults::pruned_runs() const {
  return static_cast<std::size_t>(std::ranges::count(runs, kPruned, &OwnRun::state));
}

std::string OwnResults::title_of(const OwnCell& cell) const {
  std::string title;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    if (!axes[i].varies()) continue;
    title += (title.empty() ? "" : " ") + axes[i].name + "=" + cell.values[i];
  }
  return title;
}

std::string OwnResults::shared_values() const {
  std::string text;
  for (const OwnAxis& axis : axes) {
    if (axis.varies()) continue;
    text += (text.empty() ? "" : ", ") + axis.name + "=" + axis.values.front();
  }
  return text;
}

const OwnCell* OwnResults::best_cell() const {
  const OwnCell* best = nullptr;
  for (const OwnCell& cell : cells) {
    if (cell.mean && (!best || is_better(*cell.mean, *best->mean))) best = &cell;
  }
  return best;
}

const OwnRun* OwnResults::best_run() const {
  const OwnRun* found = nullptr;
  for (const OwnRun& run : runs) {
    if (run.state != "done" || !run.best) continue;
    if (!found || is_better(*run.best, *found->best)) found = &run;
  }
  return found;
}

bool has_own_trainer(db::Database& database) {
  return !db::query(database,
                    "SELECT 1 FROM runs WHERE current = 1"
                    " AND json_extract(config, '$.objective') IS NOT NULL LIMIT 1")
              .rows.empty();
}

OwnResults read_own_results(db::Database& database) {
  OwnResults results;
  read_runs(database, results);
  read_curves(database, results);
  make_cells(results);
  add_statistics(database, results);
  return results;
}

std::string mean_and_std(const OwnCell& cell) {
  if (!cell.mean) return kNothing;
  const std::string mean = significant(*cell.mean, 4);
  return cell.std_dev ? mean + " ± " + significant(*cell.std_dev, 2) : mean;
}

std::string missing_text(const OwnResults& results, const OwnCell& cell) {
  if (cell.missing == 0) return "";
  if (results.has_seeds) return missing_seeds_text(cell.missing_seeds, cell.pruned_seeds);
  return std::to_string(cell.missing) + (cell.missing == 1 ? " run" : " runs") +
         (cell.pruned > 0 ? ", " + std::to_string(cell.pruned) + " pruned" : "");
}

}  // namespace radsweep::report
