#include "orchestrator/run_names.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/error.h"
#include "base/nearest_name.h"
#include "db/query.h"

namespace radsweep::orchestrator {
namespace fs = std::filesystem;

std::vector<std::string> run_names(db::Database& database) {
  const db::Table table = db::query(database, "SELECT run_id FROM runs ORDER BY run_id");
  std::vector<std::string> names;
  for (const auto& row : table.rows) names.push_back(std::get<std::string>(row[0]));
  return names;
}

std::string resolve_run(const std::vector<std::string>& known, const std::string& typed) {
  if (std::find(known.begin(), known.end(), typed) != known.end()) return typed;
  std::vector<std::string> matching;
  for (const std::string& name : known) {
    if (!typed.empty() && name.rfind(typed, 0) == 0) matching.push_back(name);
  }
  if (matching.size() == 1) return matching.front();
  if (matching.empty()) {
    throw Error(ExitCode::usage, "find", "the run '" + typed + "'",
                "there is none of that name" + did_you_mean(typed, known), "radsweep status");
  }
  std::string names;
  for (const std::string& name : matching) names += (names.empty() ? "" : ", ") + name;
  throw Error(ExitCode::usage, "tell", "which run '" + typed + "' means",
              "several begin with it: " + names);
}

std::vector<std::string> done_runs_of_cell(db::Database& database, const std::string& cell,
                                           const std::optional<std::string>& variant) {
  const auto middle = cell.find('x');
  const db::Table table =
      db::query(database,
                "SELECT run_id, variant FROM runs WHERE current = 1 AND state = 'done'"
                " AND CAST(resolution AS TEXT) = ?1 AND architecture = ?2 ORDER BY variant, seed",
                {db::Value(cell.substr(0, middle)),
                 db::Value(middle == std::string::npos ? "" : cell.substr(middle + 1))});
  std::vector<std::string> runs;
  std::set<std::string> variants;
  for (const auto& row : table.rows) {
    const auto& found = std::get<std::string>(row.at(1));
    variants.insert(found);
    if (!variant || found == *variant) runs.push_back(std::get<std::string>(row.at(0)));
  }
  std::string known;
  for (const std::string& one : variants) known += (known.empty() ? "'" : ", '") + one + "'";
  if (!variant && variants.size() > 1) {
    throw Error(ExitCode::usage, "take the runs of", cell,
                "the sweep has it in several variants: " + known, "say which: --variant");
  }
  if (runs.empty()) {
    const std::string of = variant ? " in the variant '" + *variant + "'" : "";
    throw Error(ExitCode::usage, "take the runs of", cell,
                "no run of that cell" + of + " is done" +
                    (variants.empty() ? "" : "; its variants are " + known),
                "cells are written as 480xdensenet161; see `radsweep status`");
  }
  return runs;
}

StoreAndRuns split_store_and_runs(const std::vector<std::string>& words) {
  const bool names_store = !words.empty() && (fs::exists(fs::path(words[0]) / "sweep.db") ||
                                              fs::exists(fs::path("runs") / words[0] / "sweep.db"));
  if (names_store) return {find_store(words[0]), {words.begin() + 1, words.end()}};
  return {find_store(std::nullopt), words};
}

}  // namespace radsweep::orchestrator
