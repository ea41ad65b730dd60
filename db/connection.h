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
  Connection(const std::string& path, int flags);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // As long as it lives, nothing is compiled that does more than read (allow_reading.h); SQLite
  // refuses that with SQLITE_AUTH.
  class ReadingOnly {
   public:
    explicit ReadingOnly(Connection& connection) : connection_(connection) {
      connection_.reading_only_ = true;
    }
    ~ReadingOnly() { connection_.reading_only_ = false; }
    ReadingOnly(const ReadingOnly&) = delete;
    ReadingOnly& operator=(const ReadingOnly&) = delete;

   private:
    Connection& connection_;
  };

 private:
  friend class Statement;
  using Idle = std::multimap<std::string, SQLite::Statement, std::less<>>;  // by text
  Idle::node_type take(const char* sql);

  bool reading_only_ = false;
  Idle idle_;  // finalized before the base class closes
};

}  // namespace radsweep::db
