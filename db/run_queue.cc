#include "db/run_queue.h"

#include <utility>

#include "base/error.h"
#include "db/event_log.h"
#include "db/measurements.h"
#include "db/sql_text.h"
#include "db/sqlite_error.h"
#include "db/statement.h"

namespace radsweep::db {

namespace {

// Notes that a write about `fence` was refused, and what the run looks like instead.
bool fenced(Connection& connection, std::int64_t now_ms, const Fence& fence,
            const std::string& wanted) {
  Statement run(connection, "SELECT attempt, state FROM run WHERE id = ?1", fence.run_id);
  const std::string detail =
      run.executeStep() ? "the newest attempt is " + std::to_string(run.getColumn(0).getInt()) +
                              " and the run is " + run.getColumn(1).getString()
                        : "there is no run " + std::to_string(fence.run_id);
  log_event(connection, now_ms, "fenced", wanted + " refused: " + detail, fence);
  return false;
}

// The new state when the guarded UPDATE ... RETURNING state changed a row.
std::optional<std::string> new_state(Statement update) {
  if (!update.executeStep()) return std::nullopt;
  std::string state = update.getColumn(0).getString();
  update.executeStep();  // to its end: a commit wants every statement finished
  return state;
}

void insert_result(Connection& connection, const Fence& fence, const ResultRow& result) {
  execute(connection, sql::add_result, fence.run_id, fence.attempt, result.best_auc,
          result.best_epoch, result.best_loss, result.best_loss_epoch, result.train_seconds,
          result.images_per_second, result.peak_memory_mb, result.device, result.code_version,
          result.torch_version, result.data_manifest, result.images_sha256, result.weights,
          result.weights_sha256, result.train_studies, result.train_positive, result.train_images,
          result.valid_studies, result.valid_positive, result.valid_images, result.data_set,
          result.upsampled_images);
}

std::vector<int> attempts_before(Connection& connection, const Fence& fence) {
  std::vector<int> older;
  Statement rows(connection,
                 "SELECT attempt FROM attempt WHERE run_id = ?1 AND attempt < ?2"
                 " ORDER BY attempt DESC",
                 fence.run_id, fence.attempt);
  while (rows.executeStep()) older.push_back(rows.getColumn(0).getInt());
  return older;
}

std::string line_of(const Failure& failure) {
  return failure.error_class + ": " + failure.error;
}

// "cpu:0+cpu:1"
std::string joined_name(std::span<const std::string> slots) {
  std::string name;
  for (const std::string& slot : slots) name += (name.empty() ? "" : "+") + slot;
  return name;
}

}  // namespace

RunQueue::RunQueue(Database& database, Clock now_ms)
    : database_(database), now_ms_(std::move(now_ms)) {}

std::optional<Claim> RunQueue::claim_next(const std::string& slot) {
  return claim_next(std::span(&slot, 1));
}

std::optional<Claim> RunQueue::claim_next(std::span<const std::string> free) {
  std::optional<Claim> claim;
  database_.transaction([&] {
    Connection& connection = database_.connection();
    const std::int64_t now = now_ms_();
    Statement take(connection, sql::claim_next, static_cast<std::int64_t>(free.size()));
    if (!take.executeStep()) return;
    Claim taken;
    taken.fence = {take.getColumn(0).getInt64(), take.getColumn(1).getInt()};
    taken.name = take.getColumn(2).getString();
    taken.identity = take.getColumn(3).getString();
    taken.gpus = take.getColumn(4).getInt();
    take.executeStep();  // to its end: a commit wants every statement finished
    const std::string slot = joined_name(free.first(static_cast<std::size_t>(taken.gpus)));
    execute(connection, sql::open_attempt, taken.fence.run_id, taken.fence.attempt, slot, now);
    execute(connection, sql::hold_gpus, now);
    taken.older_attempts = attempts_before(connection, taken.fence);
    log_event(connection, now, "claimed", "for " + slot, taken.fence);
    claim = std::move(taken);
  });
  return claim;
}

std::optional<Fence> RunQueue::take_up(const std::string& identity, int number,
                                       const std::string& slot, std::int64_t started_ms) {
  std::optional<Fence> fence;
  database_.transaction([&] {
    Connection& connection = database_.connection();
    fence.reset();  // a full disk makes this run again
    Statement take(connection, sql::take_up_run, identity, number);
    if (!take.executeStep()) return;
    const Fence taken{take.getColumn(0).getInt64(), number};
    take.executeStep();  // to its end: a commit wants every statement finished
    execute(connection, sql::open_attempt, taken.run_id, number, slot, started_ms);
    log_event(connection, now_ms_(), "claimed", "for " + slot, taken);
    fence = taken;
  });
  return fence;
}

bool RunQueue::record_process(const Fence& fence, const ProcessRow& process) {
  bool recorded = false;
  database_.transaction([&] {
    Connection& connection = database_.connection();
    const std::int64_t now = now_ms_();
    recorded = execute(connection, sql::record_process, fence.run_id, fence.attempt, process.host,
                       process.boot_id, process.pid, process.start_ticks) == 1;
    if (recorded)
      log_event(connection, now, "started",
                "process " + std::to_string(process.pid) + " on " + process.host, fence);
    else
      fenced(connection, now, fence, "recording its process");
  });
  return recorded;
}

bool RunQueue::finish(const Fence& fence, const ResultRow& result,
                      const std::vector<MetricRow>& metrics,
                      const std::vector<PredictionRow>& predictions) {
  bool finished = false;
  database_.transaction([&] {
    Connection& connection = database_.connection();
    const std::int64_t now = now_ms_();
    finished = execute(connection, sql::finish_run, fence.run_id, fence.attempt) == 1;
    if (!finished) {
      fenced(connection, now, fence, "its result");
      return;
    }
    execute(connection, sql::close_attempt, fence.run_id, fence.attempt, now, "done",
            std::optional<std::string>());
    execute(connection, sql::hold_gpus, now);
    insert_result(connection, fence, result);
    execute(connection, "DELETE FROM metric WHERE run_id = ?1", fence.run_id);
    upsert_metrics(connection, fence, metrics);
    replace_predictions(connection, fence, predictions);
    log_event(connection, now, "done",
              result.best_auc          ? "AUC " + std::to_string(*result.best_auc)
              : result.weights.empty() ? ""  // of a program of the user's
                                       : "no AUC",
              fence);
  });
  return finished;
}

bool RunQueue::fail(const Fence& fence, const Failure& failure,
                    std::optional<std::int64_t> not_before_ms, int max_failures) {
  bool accepted = false;
  database_.transaction([&] {
    Connection& connection = database_.connection();
    const std::int64_t now = now_ms_();
    const auto state = new_state(Statement(connection, sql::fail_run, fence.run_id, fence.attempt,
                                           not_before_ms, max_failures));
    accepted = state.has_value();
    if (!accepted) {
      fenced(connection, now, fence, "its failure (" + line_of(failure) + ")");
      return;
    }
    execute(connection, sql::close_failed_attempt, fence.run_id, fence.attempt, now,
            failure.error_class, failure.error, failure.log_tail, failure.exit_code,
            failure.term_signal);
    execute(connection, sql::hold_gpus, now);
    log_event(connection, now, *state, line_of(failure), fence);
  });
  return accepted;
}

bool RunQueue::release(const Fence& fence, const std::string& outcome, const std::string& reason) {
  ensure(outcome == "stopped" || outcome == "lost", "an attempt is released as stopped or lost");
  bool released = false;
  database_.transaction([&] {
    Connection& connection = database_.connection();
    const std::int64_t now = now_ms_();
    const auto state =
        new_state(Statement(connection, sql::release_run, fence.run_id, fence.attempt));
    released = state.has_value();
    if (!released) {
      fenced(connection, now, fence, "its release (" + outcome + ": " + reason + ")");
      return;
    }
    execute(connection, sql::close_attempt, fence.run_id, fence.attempt, now, outcome, reason);
    execute(connection, sql::hold_gpus, now);
    log_event(connection, now, *state == "pending" ? "released" : *state, outcome + ": " + reason,
              fence);
  });
  return released;
}

bool RunQueue::stop(const Fence& fence, AfterStop after) {
  const std::string becomes = after == AfterStop::cancelled ? "cancelled" : "pending";
  bool stopping = false;
  database_.transaction([&] {
    Connection& connection = database_.connection();
    const std::int64_t now = now_ms_();
    stopping = execute(connection, sql::stop_run, fence.run_id, fence.attempt, becomes) == 1;
    if (stopping)
      log_event(connection, now, "stopping", "then " + becomes, fence);
    else
      fenced(connection, now, fence, "stopping it");
  });
  return stopping;
}

int RunQueue::wake(std::int64_t longest_pause_ms) {
  const bool any = translating_errors("read the database", database_.path(), [&] {
    return Statement(database_.connection(), sql::any_due, now_ms_(), longest_pause_ms)
        .executeStep();
  });
  if (!any) return 0;
  std::vector<std::int64_t> woken;
  database_.transaction([&] {
    Connection& connection = database_.connection();
    const std::int64_t now = now_ms_();
    woken.clear();  // a full disk makes this run again
    Statement rows(connection, sql::wake_runs, now, longest_pause_ms);
    while (rows.executeStep()) woken.push_back(rows.getColumn(0).getInt64());
    for (const std::int64_t run_id : woken)
      log_run_event(connection, now, "woken", "its pause is over", run_id);
  });
  return static_cast<int>(woken.size());
}

void RunQueue::record_gpu(const GpuRow& gpu) {
  database_.transaction([&] {
    Connection& connection = database_.connection();
    const std::int64_t now = now_ms_();
    Statement upsert(connection, sql::upsert_gpu, gpu.uuid, gpu.name, gpu.memory_mb, gpu.state,
                     gpu.reason, now);
    if (!upsert.executeStep()) return;
    const std::string state = upsert.getColumn(0).getString();
    upsert.executeStep();
    log_event(connection, now, "gpu",
              gpu.uuid + " is " + state + (gpu.reason.empty() ? "" : ": " + gpu.reason));
  });
}

void RunQueue::record_event(const std::string& kind, const std::string& detail,
                            std::optional<Fence> fence) {
  database_.transaction([&] { log_event(database_.connection(), now_ms_(), kind, detail, fence); });
}

}  // namespace radsweep::db
