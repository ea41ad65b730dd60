#include "db/connection.h"

#include <sqlite3.h>

#include "db/allow_reading.h"

namespace radsweep::db {
namespace {

// What SQLite asks while it compiles a statement.
int authorize(void* reading_only, int action, const char* name, const char* argument, const char*,
              const char*) {
  return !*static_cast<const bool*>(reading_only) || allow_reading(action, name, argument)
             ? SQLITE_OK
             : SQLITE_DENY;
}

}  // namespace

// To set or take away an authorizer later would make SQLite compile all statements again.
Connection::Connection(const std::string& path, int flags) : SQLite::Database(path, flags) {
  sqlite3_set_authorizer(getHandle(), &authorize, &reading_only_);
}

Connection::Idle::node_type Connection::take(const char* sql) {
  auto found = idle_.find(sql);
  if (found == idle_.end()) found = idle_.emplace(sql, SQLite::Statement(*this, sql));
  return idle_.extract(found);
}

}  // namespace radsweep::db
