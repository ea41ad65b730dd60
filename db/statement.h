// A statement of a connection with all its parameters bound, in one expression.
#pragma once

#include <SQLiteCpp/Column.h>

#include <optional>

#include "db/connection.h"

namespace radsweep::db {

// Taken from what the connection keeps, and given back at the end of its life: reset, so that no
// lock, and emptied, so that no value is held. The connection must outlive it.
class Statement {
 public:
  // Binds `values` to ?1, ?2, ...; nullopt, and what is left out, is NULL. Throws SQLite::Exception
  // when SQLite refuses the text or there are more values than parameters.
  template <class... Values>
  Statement(Connection& connection, const char* sql, const Values&... values)
      : connection_(connection), node_(connection.take(sql)) {
    bind_all(values...);
  }
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  // As those of SQLite::Statement. A column is of the row that the statement is at.
  bool executeStep() { return compiled().executeStep(); }
  int exec() { return compiled().exec(); }
  SQLite::Column getColumn(int index) const { return node_.mapped().getColumn(index); }
  bool isColumnNull(int index) const { return node_.mapped().isColumnNull(index); }

  // For a statement that is kept for many rows; returns how many rows it changed.
  template <class... Values>
  int execute_again(const Values&... values) {
    compiled().reset();
    compiled().clearBindings();
    bind_all(values...);
    return exec();
  }

 private:
  SQLite::Statement& compiled() { return node_.mapped(); }

  template <class... Values>
  void bind_all(const Values&... values) {
    int index = 0;
    (bind(++index, values), ...);
  }
  template <class Value>
  void bind(int index, const Value& value) {
    compiled().bind(index, value);
  }
  template <class Value>
  void bind(int index, const std::optional<Value>& value) {
    if (value)
      compiled().bind(index, *value);
    else
      compiled().bind(index);
  }

  Connection& connection_;
  Connection::Idle::node_type node_;  // of the map while it is idle
};

// Runs a statement without result rows; returns how many rows it changed.
template <class... Values>
int execute(Connection& connection, const char* sql, const Values&... values) {
  return Statement(connection, sql, values...).exec();
}

}  // namespace radsweep::db
