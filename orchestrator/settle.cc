#include "orchestrator/settle.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <utility>

#include "base/error.h"
#include "db/query.h"
#include "orchestrator/failure_rules.h"
#include "orchestrator/ingest.h"
#include "orchestrator/objective.h"
#include "orchestrator/report/number_text.h"

namespace radsweep::orchestrator {
namespace fs = std::filesystem;
namespace {

// Ends of a worker that nobody asked for and that brought nothing: tolerated twice in a row.
constexpr int kEndsWithoutProgress = 3;

int failures_of(db::Database& database, const std::string& run) {
  const db::Table table =
      db::query(database, "SELECT failures FROM runs WHERE run_id = ?1", {db::Value(run)});
  if (table.rows.empty()) return 0;
  return static_cast<int>(std::get<std::int64_t>(table.rows[0][0]));
}

// Of a program of the user's: "valid_loss 0.01235".
std::string objective_text(db::Database& database, const std::string& run) {
  const db::Table table = db::query(
      database,
      std::string("SELECT ") + kObjectiveMetric + ", " + kBestSoFar + " FROM run WHERE name = ?1",
      {db::Value(run)});
  const auto* metric = std::get_if<std::string>(&table.rows.at(0).at(0));
  const auto* best = std::get_if<double>(&table.rows.at(0).at(1));
  return metric && best ? "  " + *metric + " " + report::significant(*best, 4) : "";
}

std::string done_line(db::Database& database, const EndedAttempt& ended,
                      const attempt::Result& result) {
  std::string line = ended.name.run + " done";
  if (result.own_epochs) line += objective_text(database, ended.name.run);
  if (result.best_epoch >= 0) {
    char auc[32];
    std::snprintf(auc, sizeof auc, "  AUC %.4f", result.best_auc);
    line += auc;
  }
  return line + "  " + report::duration_text(result.train_seconds);
}

std::string release(const Record& record, const db::Fence& fence, const std::string& run,
                    const char* outcome, const std::string& reason) {
  record.queue.release(fence, outcome, reason);
  return run + " " + outcome + ": " + reason;
}

// An end that is not counted becomes a failure when it keeps happening without any progress. The
// other way round, a worker that somebody (or the kernel, for lack of memory) killed is not
// charged when its run had advanced: it just continues.
AttemptEnd weigh_by_progress(AttemptEnd end, const fs::path& run_folder,
                             const EndedAttempt& ended) {
  if (end.kind == AttemptEnd::Kind::done || ended.asked != Asked::nothing) return end;
  const bool killed = end.failure.error_class == "host_memory" ||
                      (end.failure.error_class == "signal" && ended.status.term_signal == SIGKILL);
  if (end.kind == AttemptEnd::Kind::failed && !killed) return end;
  const int in_a_row = ends_without_progress(run_folder, ended.name.attempt);
  if (killed && in_a_row == 0) {
    end.kind = AttemptEnd::Kind::lost;
    end.reason = std::exchange(end.failure, {}).error;
  } else if (!killed && in_a_row >= kEndsWithoutProgress) {
    const std::string error =
        end.reason + ", " + std::to_string(in_a_row) + " times in a row without progress";
    const fs::path folder = run_folder / std::to_string(ended.name.attempt);
    end.kind = AttemptEnd::Kind::failed;
    end.failure = {"lost", error, log_tail(folder), ended.status.exit_code,
                   ended.status.term_signal};
  }
  return end;
}

}  // namespace

Settled settle_failure(const Record& record, const db::Fence& fence, const AttemptName& name,
                       const db::Failure& failure, const ExcusedClasses& excused) {
  const bool excuse = std::count(excused.begin(), excused.end(), failure.error_class) > 0;
  Settled settled{AttemptEnd::Kind::failed, failure, excuse, false, ""};
  if (settled.excused) {
    settled.line =
        release(record, fence, name.run, "lost", failure.error_class + ": " + failure.error);
    return settled;
  }
  const int failures = failures_of(record.database, name.run);
  const RetryDecision decision =
      decide_retry(failure.error_class, failures, record.retry, name.identity);
  std::optional<std::int64_t> not_before_ms;
  if (decision.delay_s) {
    not_before_ms = record.clock.wall_ms() + static_cast<std::int64_t>(*decision.delay_s * 1000);
  }
  record.queue.fail(fence, failure, not_before_ms, decision.max_failures);
  settled.given_up = !decision.delay_s || failures + 1 >= decision.max_failures;
  settled.line =
      name.run + " failed (" + failure.error_class + "): " + failure.error +
      (settled.given_up ? "; given up (radsweep why " + name.run + ")"
                        : "; tried again in " + report::duration_text(*decision.delay_s));
  return settled;
}

namespace {

Settled settle_as_judged(const Record& record, const EndedAttempt& ended, const fs::path& folder) {
  ingest_events(record.database, record.queue, ended.fence, folder, ended.ingested_bytes);
  const AttemptEnd end = weigh_by_progress(
      judge_attempt(folder, ended.name, ended.status, ended.asked), folder.parent_path(), ended);
  Settled settled{end.kind, {}, false, false, ""};
  switch (end.kind) {
    case AttemptEnd::Kind::done:
      ingest_result(record.queue, ended.fence, folder.lexically_relative(record.store.root()),
                    end.result);
      settled.line = done_line(record.database, ended, end.result);
      break;
    case AttemptEnd::Kind::stopped:
      settled.line = release(record, ended.fence, ended.name.run, "stopped", end.reason);
      break;
    case AttemptEnd::Kind::lost:
      settled.line = release(record, ended.fence, ended.name.run, "lost", end.reason);
      break;
    case AttemptEnd::Kind::failed:
      return settle_failure(record, ended.fence, ended.name, end.failure, ended.excused);
  }
  return settled;
}

}  // namespace

Settled settle_attempt(const Record& record, const EndedAttempt& ended) {
  const fs::path folder = record.store.attempt(ended.name.run, ended.name.attempt);
  try {
    return settle_as_judged(record, ended, folder);
  } catch (const Error& cause) {
    // What the database refuses of an attempt is that run's failure: the others go on, and the
    // next orchestrator does not stumble over it again.
    if (cause.code() != ExitCode::internal) throw;
    const db::Failure failure{"bug", "its results cannot be stored: " + cause.why(),
                              log_tail(folder), ended.status.exit_code, ended.status.term_signal};
    return settle_failure(record, ended.fence, ended.name, failure, {});
  }
}

}  // namespace radsweep::orchestrator
