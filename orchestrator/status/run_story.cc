#include "orchestrator/status/run_story.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "orchestrator/report/rows_format.h"
#include "orchestrator/run_names.h"
#include "orchestrator/status/run_reason.h"

namespace radsweep::orchestrator {

RunStory tell_run(const Store& store, db::Database& database, const std::string& typed,
                  std::int64_t now_ms) {
  const std::string run = resolve_run(run_names(database), typed);
  RunReason reason = reason_of(store, database, run, now_ms);
  RunStory story;
  story.run = run;
  story.state = std::move(reason.state);
  story.reason = std::move(reason.text);
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
