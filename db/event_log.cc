#include "db/event_log.h"

#include "db/sql_text.h"
#include "db/statement.h"

namespace radsweep::db {

namespace {

void insert(Connection& connection, std::int64_t now_ms, const std::string& kind,
            const std::string& detail, std::optional<std::int64_t> run_id,
            std::optional<int> attempt) {
  execute(connection, sql::record_event, now_ms, run_id, attempt, kind, detail);
}

}  // namespace

void log_event(Connection& connection, std::int64_t now_ms, const std::string& kind,
               const std::string& detail, std::optional<Fence> fence) {
  if (fence)
    insert(connection, now_ms, kind, detail, fence->run_id, fence->attempt);
  else
    insert(connection, now_ms, kind, detail, std::nullopt, std::nullopt);
}

void log_run_event(Connection& connection, std::int64_t now_ms, const std::string& kind,
                   const std::string& detail, std::int64_t run_id) {
  insert(connection, now_ms, kind, detail, run_id, std::nullopt);
}

}  // namespace radsweep::db
