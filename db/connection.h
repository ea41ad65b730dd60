// A connection to SQLite that keeps its compiled statements: to compile a short one costs as much
// as to run it.
#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <functional>
#include <map>
#include <string>

namespace radsweep::db {

// A statement is compiled when none of its text is idle, and idle again when its user (statement.h)
// gives it back. They are kept until the connection closes: for texts that are constants only.
// Not thread-safe.
class Connection : public SQLite::Database {
 public:
  using SQLite::Database::Database;

 private:
  friend class Statement;
  using Idle = std::multimap<std::string, SQLite::Statement, std::less<>>;  // by text
  Idle::node_type take(const char* sql);

  Idle idle_;  // finalized before the base class closes
};

}  // namespace radsweep::db
