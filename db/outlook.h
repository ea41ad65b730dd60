// What keeps pending runs from being started: left in the database by the orchestrator, read by
// whoever asks from outside.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "db/database.h"
#include "db/run.h"

namespace radsweep::db {

struct Outlook {
  std::optional<std::string> halted;  // why no new run is started at all
  std::vector<SlotRow> slots;         // of the newest orchestrator, by name
};

// Empty in a database of a version that knew of none. Throws Error when it cannot be read.
Outlook read_outlook(Database& database);

}  // namespace radsweep::db
