// RunQueue: what it looks like now. Reads only.
#include "db/run_queue.h"
#include "db/sql_text.h"
#include "db/sqlite_error.h"
#include "db/statement.h"

namespace radsweep::db {

namespace {

OpenAttempt open_attempt_of(const Statement& row) {
  OpenAttempt attempt;
  attempt.fence = {row.getColumn(0).getInt64(), row.getColumn(1).getInt()};
  attempt.name = row.getColumn(2).getString();
  attempt.identity = row.getColumn(3).getString();
  attempt.state = run_state_from(row.getColumn(4).getString());
  attempt.slot = row.getColumn(5).getString();
  if (!row.isColumnNull(8))
    attempt.process = ProcessRow{row.getColumn(6).getString(), row.getColumn(7).getString(),
                                 row.getColumn(8).getInt(), row.getColumn(9).getInt64()};
  attempt.started_ms = row.getColumn(10).getInt64();
  attempt.ingested_bytes = row.getColumn(11).getInt64();
  return attempt;
}

}  // namespace

std::vector<OpenAttempt> RunQueue::open_attempts() const {
  return translating_errors("read the database", database_.path(), [&] {
    std::vector<OpenAttempt> attempts;
    Statement rows(database_.connection(), sql::open_attempts);
    while (rows.executeStep()) attempts.push_back(open_attempt_of(rows));
    return attempts;
  });
}

std::optional<int> RunQueue::next_gpus(std::size_t free) const {
  return translating_errors("read the database", database_.path(), [&] {
    Statement row(database_.connection(), sql::next_gpus, static_cast<std::int64_t>(free));
    return row.executeStep() ? std::optional(row.getColumn(0).getInt()) : std::nullopt;
  });
}

StateCounts RunQueue::counts() const {
  return translating_errors("read the database", database_.path(), [&] {
    StateCounts counts;
    Statement rows(database_.connection(), sql::count_states);
    while (rows.executeStep())
      count_of(counts, run_state_from(rows.getColumn(0).getString())) = rows.getColumn(1).getInt();
    return counts;
  });
}

}  // namespace radsweep::db
