// Why a run is where it is: one line, then its attempts and what happened to it.
#pragma once

#include <cstdint>
#include <string>

#include "db/database.h"
#include "db/query.h"
#include "orchestrator/store.h"

namespace radsweep::orchestrator {

struct RunStory {
  std::string run, state;
  std::string reason;  // one line
  db::Table attempts;  // attempt, slot, started, ended, outcome, error_class, error, exit_code, ...
  db::Table events;    // at, attempt, kind, detail; oldest first
};

// `typed`: a run's name or the unique beginning of one. `now_ms`: Unix epoch. Throws Error(usage)
// when no run or several are meant.
RunStory tell_run(const Store& store, db::Database& database, const std::string& typed,
                  std::int64_t now_ms);

std::string story_as_text(const RunStory& story);
// One JSON object with arrays of objects, ended by '\n'.
std::string story_as_json(const RunStory& story);

}  // namespace radsweep::orchestrator
