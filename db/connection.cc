#include "db/connection.h"

#include "db/statement.h"

namespace radsweep::db {

Connection::Idle::node_type Connection::take(const char* sql) {
  auto found = idle_.find(sql);
  if (found == idle_.end()) found = idle_.emplace(sql, SQLite::Statement(*this, sql));
  return idle_.extract(found);
}

Statement::~Statement() {
  compiled().tryReset();  // its error, if any, was thrown by the step that failed
  compiled().clearBindings();
  connection_.idle_.insert(std::move(node_));
}

}  // namespace radsweep::db
