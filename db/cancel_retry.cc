// RunQueue: what people ask for by a run's name.
#include "base/nearest_name.h"
#include "db/event_log.h"
#include "db/run_queue.h"
#include "db/sql_text.h"
#include "db/statement.h"

namespace radsweep::db {

namespace {

std::string unknown_run(Connection& connection, const std::string& name) {
  std::vector<std::string> known;
  Statement names(connection, "SELECT name FROM run");
  while (names.executeStep()) known.push_back(names.getColumn(0).getString());
  return "there is no run '" + name + "'" + did_you_mean(name, known);
}

std::string as_asked(const std::string& by) {
  return by.empty() ? "as asked for" : "as asked for by " + by;
}

struct Refusal {
  RunState state;
  const char* why;
};

// The text for a run that is not in a state the change leaves; `otherwise`: none of the given.
std::string why_not(Connection& connection, const std::string& name,
                    const std::vector<Refusal>& refusals, const char* otherwise) {
  Statement run(connection, "SELECT state FROM run WHERE name = ?1", name);
  if (!run.executeStep()) return unknown_run(connection, name);
  const RunState state = run_state_from(run.getColumn(0).getString());
  for (const Refusal& refusal : refusals)
    if (refusal.state == state) return name + refusal.why;
  return name + otherwise;
}

}  // namespace

std::optional<std::string> RunQueue::cancel(const std::string& run_name, const std::string& by) {
  std::optional<std::string> refused;
  database_.transaction([&] {
    Connection& connection = database_.connection();
    Statement update(connection, sql::cancel_run, run_name);
    if (!update.executeStep()) {
      refused = why_not(connection, run_name,
                        {{RunState::done, " is done; a result is never taken back"},
                         {RunState::failed, " has failed already; nothing is left to cancel"},
                         {RunState::cancelled, " is cancelled already"}},
                        " is being cancelled already");
      return;
    }
    const std::int64_t run_id = update.getColumn(0).getInt64();
    const std::string state = update.getColumn(1).getString();
    update.executeStep();
    log_run_event(connection, now_ms_(), state,
                  (state == "stopping" ? "then cancelled, " : "") + as_asked(by), run_id);
  });
  return refused;
}

std::optional<std::string> RunQueue::retry(const std::string& run_name, const std::string& by) {
  std::optional<std::string> refused;
  database_.transaction([&] {
    Connection& connection = database_.connection();
    Statement update(connection, sql::retry_run, run_name);
    if (!update.executeStep()) {
      const char* dropped = " is not named by the sweep file any more; put it back there first";
      refused = why_not(connection, run_name,
                        {{RunState::done, " is done; a result is never computed again"},
                         {RunState::pending, " is pending already"},
                         {RunState::running, " is running"},
                         {RunState::stopping, " is being stopped; try again when it is"}},
                        dropped);
      return;
    }
    const std::int64_t run_id = update.getColumn(0).getInt64();
    update.executeStep();
    log_run_event(connection, now_ms_(), "retried", as_asked(by), run_id);
  });
  return refused;
}

}  // namespace radsweep::db
