#include "db/outlook.h"

#include <algorithm>

#include "db/event_log.h"
#include "db/run_queue.h"
#include "db/sqlite_error.h"
#include "db/statement.h"

namespace radsweep::db {

namespace {

constexpr int kFirstVersion = 3;

std::optional<std::string> stored_halt(Connection& connection) {
  Statement row(connection, "SELECT reason FROM halt");
  return row.executeStep() ? std::optional(row.getColumn(0).getString()) : std::nullopt;
}

std::vector<SlotRow> stored_slots(Connection& connection) {
  std::vector<SlotRow> slots;
  Statement rows(connection, "SELECT name, label, problem FROM slot ORDER BY name");
  while (rows.executeStep()) {
    slots.push_back({rows.getColumn(0).getString(), rows.getColumn(1).getString(),
                     rows.getColumn(2).getString()});
  }
  return slots;
}

}  // namespace

Outlook read_outlook(Database& database) {
  return translating_errors("read the database", database.path(), [&] {
    Connection& connection = database.connection();
    Outlook outlook;
    if (connection.execAndGet("PRAGMA user_version").getInt() < kFirstVersion) return outlook;
    outlook.halted = stored_halt(connection);
    outlook.slots = stored_slots(connection);
    return outlook;
  });
}

void RunQueue::record_halt(const std::optional<std::string>& why) {
  database_.transaction([&] {
    Connection& connection = database_.connection();
    const std::int64_t now = now_ms_();
    if (stored_halt(connection) == why) return;
    execute(connection, "DELETE FROM halt");
    if (why) execute(connection, "INSERT INTO halt (reason, at_ms) VALUES (?1, ?2)", *why, now);
    log_event(connection, now, why ? "halted" : "unhalted", why.value_or(""));
  });
}

void RunQueue::record_slots(std::vector<SlotRow> slots) {
  std::sort(slots.begin(), slots.end(),
            [](const SlotRow& a, const SlotRow& b) { return a.name < b.name; });
  database_.transaction([&] {
    Connection& connection = database_.connection();
    const std::int64_t now = now_ms_();
    const std::vector<SlotRow> before = stored_slots(connection);
    if (before == slots) return;
    execute(connection, "DELETE FROM slot");
    for (const SlotRow& slot : slots) {
      execute(connection,
              "INSERT INTO slot (name, label, problem, changed_ms) VALUES (?1, ?2, ?3, ?4)",
              slot.name, slot.label, slot.problem, now);
      const bool is_news = std::find(before.begin(), before.end(), slot) == before.end();
      if (is_news && !slot.problem.empty()) {
        log_event(connection, now, "slot", slot.label + " is not used: " + slot.problem);
      }
    }
  });
}

}  // namespace radsweep::db
