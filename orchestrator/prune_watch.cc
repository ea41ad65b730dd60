#include "orchestrator/prune_watch.h"

#include <map>
#include <set>

#include "db/pruned.h"
#include "db/query.h"

namespace radsweep::orchestrator {
namespace {

std::int64_t whole(const db::Value& value) {
  return std::get<std::int64_t>(value);
}

void add(Pruner::Curve& curve, const db::Value& epoch, const db::Value& value) {
  curve[static_cast<int>(whole(epoch))] = std::get<double>(value);
}

std::set<std::int64_t> given_up_runs(db::Database& database) {
  const db::Table table = db::query(database,
                                    "SELECT id FROM run WHERE current = 0"
                                    " OR state IN ('failed', 'cancelled')"
                                    " OR after_stop = 'cancelled'");
  std::set<std::int64_t> runs;
  for (const auto& row : table.rows) runs.insert(whole(row[0]));
  return runs;
}

}  // namespace

PruneWatch::PruneWatch(db::Database& database, const PruneOptions& options)
    : database_(database), metric_(options.metric), pruner_(options.rule, options.mode) {
  const db::Table table = db::query(
      database_,
      "SELECT run.id, told.epoch, told.value FROM run JOIN metric AS told ON told.run_id = run.id"
      " WHERE run.current = 1 AND told.name = ?1",
      {db::Value(metric_)});
  std::map<std::int64_t, Pruner::Curve> curves;
  for (const auto& row : table.rows) add(curves[whole(row[0])], row[1], row[2]);
  for (const auto& [run, curve] : curves) {
    pruner_.take_in(run, curve);
    pruner_.skip(run);
  }
}

void PruneWatch::note(std::int64_t run_id) {
  const db::Table table =
      db::query(database_, "SELECT epoch, value FROM metric WHERE run_id = ?1 AND name = ?2",
                {db::Value(run_id), db::Value(metric_)});
  Pruner::Curve curve;
  for (const auto& row : table.rows) add(curve, row[0], row[1]);
  pruner_.take_in(run_id, curve);
}

std::optional<std::string> PruneWatch::verdict(std::int64_t run_id, std::optional<int> epochs) {
  note(run_id);
  const auto newest = pruner_.newest_epoch(run_id);
  if (newest && epochs && *newest + 1 >= *epochs) return std::nullopt;
  auto reason = pruner_.judge(run_id, given_up_runs(database_));
  if (reason && db::was_ever_pruned(database_, run_id)) return std::nullopt;
  return reason;
}

}  // namespace radsweep::orchestrator
