// Appends to the `event` table: what happened to a run, for people and for `radsweep why`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "db/run.h"

namespace radsweep::db {

class Connection;

// Inside the caller's transaction. Throws SQLite::Exception.
void log_event(Connection& connection, std::int64_t now_ms, const std::string& kind,
               const std::string& detail, std::optional<Fence> fence = std::nullopt);
// About a run, not about one of its attempts.
void log_run_event(Connection& connection, std::int64_t now_ms, const std::string& kind,
                   const std::string& detail, std::int64_t run_id);

}  // namespace radsweep::db
