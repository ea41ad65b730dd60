#include "orchestrator/report/results_table.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "orchestrator/report/number_text.h"
#include "orchestrator/report/pruned_note.h"
#include "orchestrator/report/table_reader.h"

namespace radsweep::report {
namespace {

using CellKey = std::tuple<std::string, std::string, int>;  // architecture, variant, resolution

struct Missing {
  std::vector<std::int64_t> seeds, pruned;
};

std::map<CellKey, Missing> read_missing_seeds(db::Database& database) {
  const std::set<std::string> pruned = pruned_names(database);
  TableReader rows(db::query(database,
                             "SELECT run_id, architecture, variant, resolution, seed FROM runs"
                             " WHERE current = 1 AND best_auc IS NULL ORDER BY seed"));
  std::map<CellKey, Missing> missing;
  while (rows.next()) {
    Missing& cell =
        missing[{rows.text("architecture"), rows.text("variant"), rows.small("resolution")}];
    cell.seeds.push_back(rows.integer("seed"));
    if (pruned.contains(rows.text("run_id"))) cell.pruned.push_back(cell.seeds.back());
  }
  return missing;
}

using Members = std::map<CellKey, std::vector<const StudyScores*>>;

// The scores of every cell's runs; they point into `scores`.
Members members_of_cells(db::Database& database, const std::map<std::string, StudyScores>& scores) {
  TableReader rows(db::query(database,
                             "SELECT run_id, architecture, variant, resolution FROM runs"
                             " WHERE current = 1 AND state = 'done' ORDER BY seed"));
  Members members;
  while (rows.next()) {
    const auto run = scores.find(rows.text("run_id"));
    if (run == scores.end()) continue;
    members[{rows.text("architecture"), rows.text("variant"), rows.small("resolution")}].push_back(
        &run->second);
  }
  return members;
}

std::optional<Ensemble> ensemble_of(const std::vector<const StudyScores*>& members) {
  auto scores = mean_logits(members);
  if (!scores) return std::nullopt;
  const auto measured = delong_auc(scores->labels, scores->logits);
  if (!measured) return std::nullopt;
  return Ensemble{static_cast<int>(members.size()), measured->auc, normal_interval(*measured),
                  std::move(*scores)};
}

}  // namespace

std::vector<Cell> read_results(db::Database& database) {
  auto missing = read_missing_seeds(database);
  const auto scores = read_scores(database);
  const Members members = members_of_cells(database, scores);
  TableReader rows(
      db::query(database, "SELECT * FROM summary ORDER BY architecture, variant, resolution"));
  std::vector<Cell> cells;
  while (rows.next()) {
    Cell cell;
    cell.resolution = rows.small("resolution");
    cell.architecture = rows.text("architecture");
    cell.variant = rows.text("variant");
    cell.n = rows.small("n");
    const Missing& others = missing[{cell.architecture, cell.variant, cell.resolution}];
    cell.missing_seeds = others.seeds;
    cell.pruned_seeds = others.pruned;
    cell.mean = rows.optional_real("auc_mean");
    cell.std_dev = rows.optional_real("auc_std");
    cell.min = rows.optional_real("auc_min");
    cell.max = rows.optional_real("auc_max");
    cell.best_run = rows.text("best_run");
    const auto seeds = members.find({cell.architecture, cell.variant, cell.resolution});
    if (seeds != members.end()) cell.ensemble = ensemble_of(seeds->second);
    cells.push_back(std::move(cell));
  }
  return cells;
}

std::string mean_and_std(const Cell& cell) {
  if (!cell.mean) return kNothing;
  return points(*cell.mean) + (cell.std_dev ? " ± " + points(*cell.std_dev) : "");
}

std::string missing_text(const Cell& cell) {
  return missing_seeds_text(cell.missing_seeds, cell.pruned_seeds);
}

std::size_t pruned_runs(const std::vector<Cell>& cells) {
  std::size_t pruned = 0;
  for (const Cell& cell : cells) pruned += cell.pruned_seeds.size();
  return pruned;
}

bool has_variants(const std::vector<Cell>& cells) {
  return std::any_of(cells.begin(), cells.end(),
                     [](const Cell& cell) { return !cell.variant.empty(); });
}

std::string series_name(const std::string& architecture, const std::string& variant) {
  return variant.empty() ? architecture : architecture + ", " + variant;
}

}  // namespace radsweep::report
