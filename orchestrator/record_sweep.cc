#include "orchestrator/record_sweep.h"

#include <algorithm>

#include "base/durable_file.h"
#include "db/query.h"
#include "orchestrator/environment/prepare_data.h"

namespace radsweep::orchestrator {
namespace {

// "a, b, c and 9 more"
std::string list(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 5;
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < kShown; ++i) {
    text += (i == 0 ? "" : ", ") + names[i];
  }
  if (names.size() > kShown) text += " and " + std::to_string(names.size() - kShown) + " more";
  return text;
}

bool all_done(db::Database& database, const std::vector<PlannedRun>& runs) {
  const std::set<std::string> done = done_runs(database);
  return std::all_of(runs.begin(), runs.end(),
                     [&done](const PlannedRun& run) { return done.contains(run.row.identity); });
}

}  // namespace

std::set<std::string> done_runs(db::Database& database) {
  const db::Table table = db::query(database, "SELECT identity FROM runs WHERE state = 'done'");
  std::set<std::string> done;
  for (const auto& row : table.rows) done.insert(std::get<std::string>(row[0]));
  return done;
}

std::vector<PlannedRun> plan_runs(const Sweep& sweep, const Store& store, db::Database& database) {
  if (db::query(database, "SELECT 1 FROM runs WHERE state = 'done' LIMIT 1").rows.empty()) {
    return expand(sweep, prepare_data(sweep, store));
  }
  std::vector<std::string> missing;
  const DataFacts there = inspect_data(sweep, store, missing);
  std::vector<PlannedRun> runs = expand(sweep, there);
  if (all_done(database, runs)) return runs;
  const DataFacts ready = prepare_data(sweep, store);
  return ready == there ? runs : expand(sweep, ready);  // of 10,000 runs it takes a second
}

void record_sweep(const Sweep& sweep, const Store& store, const std::vector<PlannedRun>& runs,
                  db::RunQueue& queue, Progress& progress) {
  std::vector<db::NewRun> rows;
  for (const PlannedRun& run : runs) rows.push_back(run.row);
  const auto report = queue.set_runs({sweep.name, sweep.text}, rows);
  if (read_file_if_exists(store.sweep_file()) != sweep.text) {
    replace_file(store.sweep_file(), sweep.text);
  }
  const auto tell = [&progress](const char* what, const std::vector<std::string>& names) {
    if (names.empty()) return;
    progress.tell(std::to_string(names.size()) + (names.size() == 1 ? " run " : " runs ") + what +
                  ": " + list(names));
  };
  tell("added", report.added);
  tell("restored", report.restored);
  tell("described anew by the sweep file (same trainings)", report.relabelled);
  tell("no longer in the sweep file (their results stay)", report.dropped);
}

}  // namespace radsweep::orchestrator
