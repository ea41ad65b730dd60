#include "orchestrator/status/run_story.h"

#include <nlohmann/json.hpp>
#include <vector>

#include "base/error.h"
#include "orchestrator/report/escape.h"
#include "orchestrator/report/number_text.h"
#include "orchestrator/report/rows_format.h"
#include "orchestrator/report/table_reader.h"
#include "orchestrator/run_names.h"
#include "orchestrator/store_lock.h"
#include "worker/attempt/alive_lock.h"
#include "worker/attempt/beat.h"

namespace radsweep::orchestrator {
namespace {

struct Facts {
  std::string name, state, after_stop, outcome, error_class, error, slot;
  bool current = true;
  int attempt = 0, failures = 0, more_expensive = 0;
  std::optional<std::int64_t> not_before_ms, started_ms;
  std::optional<double> best_auc;
  std::optional<std::int64_t> best_epoch;
};

Facts read_facts(db::Database& database, const std::string& name) {
  report::TableReader rows(db::query(
      database,
      "SELECT run.state, run.current, run.attempt, run.failures, run.not_before_ms,"
      " run.after_stop, newest.outcome, newest.error_class, newest.error, newest.slot,"
      " newest.started_ms, result.best_auc, result.best_epoch,"
      " (SELECT count(*) FROM run AS other WHERE other.current = 1 AND other.state = 'pending'"
      "   AND (other.cost > run.cost OR (other.cost = run.cost AND other.id < run.id)))"
      "   AS more_expensive"
      " FROM run LEFT JOIN result ON result.run_id = run.id"
      " LEFT JOIN attempt AS newest ON newest.run_id = run.id AND newest.attempt = run.attempt"
      " WHERE run.name = ?1",
      {name}));
  ensure(rows.next(), "a run that was just listed is gone");
  Facts facts;
  facts.name = name;
  facts.state = rows.text("state");
  facts.current = rows.integer("current") == 1;
  facts.attempt = rows.small("attempt");
  facts.failures = rows.small("failures");
  facts.not_before_ms = rows.optional_integer("not_before_ms");
  facts.after_stop = rows.text("after_stop");
  facts.outcome = rows.text("outcome");
  facts.error_class = rows.text("error_class");
  facts.error = report::one_line(rows.text("error"));
  facts.slot = rows.text("slot");
  facts.started_ms = rows.optional_integer("started_ms");
  facts.best_auc = rows.optional_real("best_auc");
  facts.best_epoch = rows.optional_integer("best_epoch");
  facts.more_expensive = rows.small("more_expensive");
  return facts;
}

std::string seconds_between(std::int64_t from_ms, std::int64_t to_ms) {
  return report::duration_text(static_cast<double>(to_ms - from_ms) / 1000);
}

// "attempt 2 failed (nan): the loss is not a number"
std::string last_end(const Facts& facts) {
  std::string text = "attempt " + std::to_string(facts.attempt);
  text += facts.outcome == "lost" ? " was lost" : " " + facts.outcome;
  if (!facts.error_class.empty()) text += " (" + facts.error_class + ")";
  return facts.error.empty() ? text : text + ": " + facts.error;
}

std::string why_running(const Facts& facts, const Store& store, std::int64_t now_ms) {
  const auto folder = store.attempt(facts.name, facts.attempt);
  std::string text = "attempt " + std::to_string(facts.attempt) + " runs on " + facts.slot;
  if (facts.started_ms) text += " since " + seconds_between(*facts.started_ms, now_ms);
  if (!attempt::probe_alive_lock(folder).held) {
    return text + ", but its process is gone; the next `radsweep run` takes it up";
  }
  if (const auto beat = attempt::read_beat(folder)) {
    text += ": step " + std::to_string(beat->step) + " of " + std::to_string(beat->total_steps) +
            ", " + beat->phase + ", last beat " + seconds_between(beat->time_ms, now_ms) + " ago";
  } else {
    text += ": starting, no beat yet";
  }
  return text;
}

// "; not used: NVIDIA H200 (process 4711 computes on it)". An orchestrator that trains on the CPU
// looks at no GPU.
std::string gpus_out_of_use(db::Database& database) {
  report::TableReader rows(
      db::query(database,
                "SELECT name, reason FROM gpu WHERE state IN ('foreign', 'quarantined')"
                " AND NOT EXISTS (SELECT 1 FROM attempt WHERE ended_ms IS NULL"
                " AND slot LIKE 'cpu:%') ORDER BY uuid"));
  std::string text;
  while (rows.next()) {
    text += (text.empty() ? "; not used: " : ", ") + rows.text("name") + " (" +
            rows.text("reason") + ")";
  }
  return text;
}

std::string why_pending(const Facts& facts, db::Database& database, bool owned) {
  std::string text = facts.attempt > 0 ? last_end(facts) + "; waits for a slot again"
                                       : "waits for a free slot, not tried yet";
  if (!owned) return text + "; no orchestrator is running: radsweep run SWEEP.yaml";
  text += facts.more_expensive == 0
              ? "; it is next"
              : "; " + std::to_string(facts.more_expensive) + " more expensive ones go first";
  return text + gpus_out_of_use(database);
}

std::string reason_of(const Facts& facts, db::Database& database, const Store& store,
                      std::int64_t now_ms) {
  const bool owned = probe_store_lock(store).owned;
  if (facts.state == "done") {
    if (!facts.best_auc) return "finished, without an AUC: one class only in the validation set";
    return "finished in attempt " + std::to_string(facts.attempt) + ": AUC " +
           report::points(*facts.best_auc) + " in epoch " +
           std::to_string(facts.best_epoch.value_or(-1));
  }
  if (facts.state == "pending") return why_pending(facts, database, owned);
  if (facts.state == "waiting") {
    return last_end(facts) + "; tried again after " +
           report::utc_text(facts.not_before_ms.value_or(0)) +
           (owned ? "" : ", once an orchestrator runs");
  }
  if (facts.state == "running") return why_running(facts, store, now_ms);
  if (facts.state == "stopping") {
    return "was asked to stop; becomes " + facts.after_stop + " when its process has left";
  }
  if (facts.state == "failed") {
    return last_end(facts) + "; given up after " + std::to_string(facts.failures) +
           (facts.failures == 1 ? " failure" : " failures") + ": radsweep retry " + facts.name;
  }
  return facts.current ? "cancelled by request: radsweep retry " + facts.name
                       : "cancelled: the sweep file does not name it any more";
}

}  // namespace

RunStory tell_run(const Store& store, db::Database& database, const std::string& typed,
                  std::int64_t now_ms) {
  const std::string run = resolve_run(run_names(database), typed);
  const Facts facts = read_facts(database, run);
  RunStory story;
  story.run = run;
  story.state = facts.state;
  story.reason = reason_of(facts, database, store, now_ms);
  story.attempts = db::query(
      database,
      "SELECT attempt.attempt, slot, datetime(started_ms / 1000, 'unixepoch') AS started,"
      " datetime(ended_ms / 1000, 'unixepoch') AS ended, outcome, error_class, error, exit_code,"
      " term_signal FROM attempt JOIN run ON run.id = attempt.run_id WHERE run.name = ?1"
      " ORDER BY attempt.attempt",
      {run});
  story.events = db::query(
      database,
      "SELECT datetime(at_ms / 1000, 'unixepoch') AS at, event.attempt, kind, detail FROM event"
      " JOIN run ON run.id = event.run_id WHERE run.name = ?1 ORDER BY event.id",
      {run});
  return story;
}

std::string story_as_text(const RunStory& story) {
  std::string text = story.run + " is " + story.state + ": " + story.reason + "\n";
  if (!story.attempts.rows.empty())
    text += "\nattempts (UTC)\n" + report::rows_as_text(story.attempts);
  if (!story.events.rows.empty()) text += "\nevents (UTC)\n" + report::rows_as_text(story.events);
  return text;
}

std::string story_as_json(const RunStory& story) {
  using Json = nlohmann::ordered_json;
  const Json object = {{"run", story.run},
                       {"state", story.state},
                       {"reason", story.reason},
                       {"attempts", Json::parse(report::rows_as_json(story.attempts))},
                       {"events", Json::parse(report::rows_as_json(story.events))}};
  return object.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace radsweep::orchestrator
