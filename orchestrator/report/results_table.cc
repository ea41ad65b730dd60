#include "orchestrator/report/results_table.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "orchestrator/report/number_text.h"
#include "orchestrator/report/table_reader.h"

namespace radsweep::report {
namespace {

using CellKey = std::tuple<std::string, std::string, int>;  // architecture, variant, resolution

std::map<CellKey, std::vector<std::int64_t>> read_missing_seeds(db::Database& database) {
  TableReader rows(db::query(database,
                             "SELECT architecture, variant, resolution, seed FROM runs"
                             " WHERE current = 1 AND best_auc IS NULL ORDER BY seed"));
  std::map<CellKey, std::vector<std::int64_t>> missing;
  while (rows.next()) {
    missing[{rows.text("architecture"), rows.text("variant"), rows.small("resolution")}].push_back(
        rows.integer("seed"));
  }
  return missing;
}

}  // namespace

std::vector<Cell> read_results(db::Database& database) {
  auto missing = read_missing_seeds(database);
  TableReader rows(
      db::query(database, "SELECT * FROM summary ORDER BY architecture, variant, resolution"));
  std::vector<Cell> cells;
  while (rows.next()) {
    Cell cell;
    cell.resolution = rows.small("resolution");
    cell.architecture = rows.text("architecture");
    cell.variant = rows.text("variant");
    cell.n = rows.small("n");
    cell.missing_seeds = missing[{cell.architecture, cell.variant, cell.resolution}];
    cell.mean = rows.optional_real("auc_mean");
    cell.std_dev = rows.optional_real("auc_std");
    cell.min = rows.optional_real("auc_min");
    cell.max = rows.optional_real("auc_max");
    cell.best_run = rows.text("best_run");
    cells.push_back(std::move(cell));
  }
  return cells;
}

std::string mean_and_std(const Cell& cell) {
  if (!cell.mean) return kNothing;
  return points(*cell.mean) + (cell.std_dev ? " ± " + points(*cell.std_dev) : "");
}

std::string missing_text(const Cell& cell) {
  std::string text;
  for (const auto seed : cell.missing_seeds) {
    text += (text.empty() ? "" : ", ") + std::to_string(seed);
  }
  return text;
}

bool has_variants(const std::vector<Cell>& cells) {
  return std::any_of(cells.begin(), cells.end(),
                     [](const Cell& cell) { return !cell.variant.empty(); });
}

std::string series_name(const std::string& architecture, const std::string& variant) {
  return variant.empty() ? architecture : architecture + ", " + variant;
}

}  // namespace radsweep::report
