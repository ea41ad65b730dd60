#include "db/pruned.h"

#include "db/event_log.h"
#include "db/query.h"
#include "db/run_queue.h"
#include "db/sql_text.h"
#include "db/statement.h"

namespace radsweep::db {

std::vector<PrunedRun> read_pruned(Database& database) {
  std::vector<PrunedRun> pruned;
  for (const auto& row : query(database, sql::pruned_runs).rows) {
    pruned.push_back({std::get<std::string>(row[0]), std::get<std::string>(row[1])});
  }
  return pruned;
}

bool was_ever_pruned(Database& database, std::int64_t run_id) {
  const Table table = query(
      database, "SELECT 1 FROM event WHERE run_id = ?1 AND kind = 'pruned' LIMIT 1", {run_id});
  return !table.rows.empty();
}

bool RunQueue::prune(const Fence& fence, const std::string& reason) {
  bool stopping = false;
  database_.transaction([&] {
    Connection& connection = database_.connection();
    stopping = execute(connection, sql::stop_run, fence.run_id, fence.attempt, "cancelled") == 1;
    if (stopping)
      log_event(connection, now_ms_(), "pruned", reason, fence);
    else
      log_event(connection, now_ms_(), "fenced", "pruning it refused: it is not running", fence);
  });
  return stopping;
}

}  // namespace radsweep::db
