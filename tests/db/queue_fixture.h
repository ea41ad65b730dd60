// A fresh database with a queue whose clock the test sets, and rows to put into it.
#pragma once

#include <string>
#include <vector>

#include "db/connection.h"
#include "db/database.h"
#include "db/query.h"
#include "db/run_queue.h"
#include "tests/support/temp_dir.h"

namespace radsweep::test {

struct QueueFixture {
  TempDir dir;
  db::Database database = db::Database::open_for_writing(dir / "sweep.db");
  std::int64_t now_ms = 1'000'000;
  db::RunQueue queue{database, [this] { return now_ms; }};

  // These tests end no machine: without fsync they take a third of the time.
  QueueFixture() { database.connection().exec("PRAGMA synchronous = OFF"); }

  // The first column of the first row, as text; "NULL" for NULL, "none" for no row.
  std::string value(const std::string& sql) { return value_in(database, sql); }

  static std::string value_in(db::Database& database, const std::string& sql) {
    const db::Table table = db::query(database, sql);
    if (table.rows.empty()) return "none";
    const db::Value& cell = table.rows.front().front();
    if (const auto* text = std::get_if<std::string>(&cell)) return *text;
    if (const auto* whole = std::get_if<std::int64_t>(&cell)) return std::to_string(*whole);
    if (const auto* real = std::get_if<double>(&cell)) return std::to_string(*real);
    return "NULL";
  }

  std::string state_of(const std::string& run) {
    return value("SELECT state FROM runs WHERE run_id = '" + run + "'");
  }
  // Kinds of a run's events in order, "added claimed done".
  std::string events_of(const std::string& run) {
    return value(
        "SELECT group_concat(kind, ' ') FROM (SELECT kind FROM event JOIN run ON run.id = run_id"
        " WHERE run.name = '" +
        run + "' ORDER BY event.id)");
  }

  // Everything but the event log and the clock, to show that nothing changed.
  std::string snapshot() {
    return value(
        "SELECT group_concat(line, char(10)) FROM ("
        "SELECT concat AS line FROM (SELECT id || state || attempt || failures || current ||"
        " ifnull(not_before_ms, '-') || ifnull(after_stop, '-') AS concat FROM run) UNION ALL "
        "SELECT run_id || ' ' || attempt || slot || ifnull(pid, '-') || ifnull(outcome, '-') ||"
        " ingested_bytes || ifnull(error, '-') FROM attempt UNION ALL "
        "SELECT run_id || name || epoch || value || attempt FROM metric UNION ALL "
        "SELECT run_id || study || label || logit || attempt FROM prediction UNION ALL "
        "SELECT run_id || attempt || ifnull(best_auc, '-') FROM result)");
  }
};

inline db::NewRun new_run(const std::string& name, double cost = 1) {
  db::NewRun run;
  run.name = name;
  run.identity = "identity-of-" + name;
  run.resolution = 160;
  run.architecture = "densenet121";
  run.seed = 1;
  run.config = "{}";
  run.cost = cost;
  return run;
}

inline db::SweepRow sweep_row() {
  return {"test", "name: test\n"};
}

inline db::ResultRow result_row(std::optional<double> best_auc = 0.875) {
  db::ResultRow row;
  row.best_auc = best_auc;
  if (best_auc) row.best_epoch = 1;
  row.best_loss = 0.5;
  row.best_loss_epoch = 0;
  row.train_seconds = 12;
  row.images_per_second = 34;
  row.peak_memory_mb = 56;
  row.device = "CPU, 2 threads";
  row.weights = "run/1/best.safetensors";
  row.data_set = "CheXpert-v1.0-small";
  row.upsampled_images = 7;
  return row;
}

inline db::Failure failure(const std::string& error_class = "nan") {
  return {error_class, "loss is not a number", "last line", 70, std::nullopt};
}

// One run "a", claimed by slot "cpu:0".
struct ClaimedRun : QueueFixture {
  db::Fence fence;
  ClaimedRun() {
    queue.set_runs(sweep_row(), {new_run("a")});
    fence = queue.claim_next("cpu:0").value().fence;
  }
  // A second attempt of the same run; `fence` becomes stale.
  db::Fence supersede() {
    queue.release(fence, "lost", "process gone");
    return queue.claim_next("cpu:1").value().fence;
  }
};

}  // namespace radsweep::test
