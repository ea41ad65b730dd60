// RunQueue::set_runs: the sweep file's runs against the ones that are known.
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/error.h"
#include "db/event_log.h"
#include "db/run_queue.h"
#include "db/sql_text.h"
#include "db/statement.h"

namespace radsweep::db {

namespace {

struct KnownRun {
  std::int64_t id = 0;
  std::string name;
  bool current = false;
  bool named = false;  // by the new set
};

// One comparison of a set of runs with the table; lives as long as its transaction.
class RunSet {
 public:
  RunSet(Connection& connection, std::int64_t now_ms, std::int64_t sweep_id)
      : connection_(connection),
        now_ms_(now_ms),
        sweep_id_(sweep_id),
        add_(connection, sql::add_run),
        log_added_(connection, sql::record_event),
        relabel_(connection, sql::relabel_run),
        restore_(connection, sql::restore_run),
        drop_(connection, sql::drop_run) {
    Statement rows(connection, "SELECT id, identity, name, current FROM run ORDER BY id");
    while (rows.executeStep()) {
      const std::string identity = rows.getColumn(1).getString();
      KnownRun run{rows.getColumn(0).getInt64(), rows.getColumn(2).getString(),
                   rows.getColumn(3).getInt() == 1};
      names_.insert(run.name);
      order_.push_back(identity);
      known_.emplace(identity, std::move(run));
    }
  }

  void name_run(const NewRun& run) {
    const auto found = known_.find(run.identity);
    if (found == known_.end())
      add(run);
    else
      keep(found->second, run);
  }

  void drop_the_rest() {
    for (const std::string& identity : order_) {
      const KnownRun& run = known_.at(identity);
      if (run.named || !run.current) continue;
      drop_.execute_again(run.id);
      log_run_event(connection_, now_ms_, "dropped", "the sweep file names it no more", run.id);
      report_.dropped.push_back(run.name);
    }
  }

  RunQueue::SyncReport report() { return std::move(report_); }

 private:
  void add(const NewRun& run) {
    const std::string name = free_name(run);
    add_.execute_again(sweep_id_, name, run.identity, run.resolution, run.architecture, run.variant,
                       run.seed, run.config, run.cost, now_ms_, run.gpus);
    const std::int64_t id = connection_.getLastInsertRowid();
    log_added_.execute_again(now_ms_, id, std::optional<int>(), "added", "");
    names_.insert(name);
    known_.emplace(run.identity, KnownRun{id, name, true, true});
    report_.added.push_back(name);
  }

  // The identity is the training; how the file calls it and where it stands in the grid may have
  // changed, and cells are made of these words.
  void keep(KnownRun& run, const NewRun& wanted) {
    const bool relabelled = relabel_.execute_again(run.id, wanted.architecture, wanted.variant,
                                                   wanted.config, wanted.cost, wanted.gpus) == 1;
    if (relabelled) {
      log_run_event(connection_, now_ms_, "relabelled", "the sweep file describes it anew", run.id);
      report_.relabelled.push_back(run.name);
    }
    if (!run.current) {
      restore_.execute_again(run.id);
      log_run_event(connection_, now_ms_, "restored", "the sweep file names it again", run.id);
      report_.restored.push_back(run.name);
      run.current = true;
    } else if (!run.named && !relabelled) {
      ++report_.unchanged;
    }
    run.named = true;
  }

  // The wanted name, or with as much of the identity as makes it unique.
  std::string free_name(const NewRun& run) const {
    std::string name = run.name;
    for (std::size_t digits = 6; names_.count(name) > 0; digits += 6) {
      ensure(digits < run.identity.size() + 6, "two runs share a name and an identity");
      name = run.name + "-" + run.identity.substr(0, digits);
    }
    return name;
  }

  Connection& connection_;
  std::int64_t now_ms_;
  std::int64_t sweep_id_;
  Statement add_, log_added_, relabel_, restore_, drop_;
  std::unordered_map<std::string, KnownRun> known_;  // by identity
  std::vector<std::string> order_;                   // identities as they were added
  std::unordered_set<std::string> names_;
  RunQueue::SyncReport report_;
};

std::int64_t upsert_sweep(Connection& connection, const SweepRow& sweep, std::int64_t now_ms) {
  Statement upsert(connection, sql::upsert_sweep, sweep.name, sweep.file_text, now_ms);
  upsert.executeStep();
  const std::int64_t id = upsert.getColumn(0).getInt64();
  upsert.executeStep();
  return id;
}

}  // namespace

RunQueue::SyncReport RunQueue::set_runs(const SweepRow& sweep, const std::vector<NewRun>& runs) {
  SyncReport report;
  database_.transaction([&] {
    Connection& connection = database_.connection();
    const std::int64_t now = now_ms_();
    const std::int64_t sweep_id = upsert_sweep(connection, sweep, now);
    RunSet set(connection, now, sweep_id);
    for (const NewRun& run : runs) set.name_run(run);
    set.drop_the_rest();
    execute(connection, "UPDATE run SET sweep_id = ?1 WHERE current = 1 AND sweep_id <> ?1",
            sweep_id);
    report = set.report();
    if (report.added.empty() && report.restored.empty() && report.relabelled.empty() &&
        report.dropped.empty()) {
      return;
    }
    execute(connection, "UPDATE sweep SET changed_ms = ?2 WHERE id = ?1", sweep_id, now);
    log_event(connection, now, "sweep",
              sweep.name + ": " + std::to_string(report.added.size()) + " added, " +
                  std::to_string(report.restored.size()) + " restored, " +
                  std::to_string(report.relabelled.size()) + " relabelled, " +
                  std::to_string(report.dropped.size()) + " dropped");
  });
  return report;
}

}  // namespace radsweep::db
