// A prepared statement with all its parameters bound, in one expression.
#pragma once

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <optional>
#include <string>

namespace radsweep::db {

template <class Value>
void bind_value(SQLite::Statement& statement, int index, const Value& value) {
  statement.bind(index, value);
}

// nullopt binds NULL.
template <class Value>
void bind_value(SQLite::Statement& statement, int index, const std::optional<Value>& value) {
  if (value)
    statement.bind(index, *value);
  else
    statement.bind(index);
}

// Binds `values` to ?1, ?2, ...; throws SQLite::Exception when their number does not fit.
template <class... Values>
void bind_all(SQLite::Statement& statement, const Values&... values) {
  int index = 0;
  (bind_value(statement, ++index, values), ...);
}

template <class... Values>
SQLite::Statement prepare(SQLite::Database& connection, const char* sql, const Values&... values) {
  SQLite::Statement statement(connection, sql);
  bind_all(statement, values...);
  return statement;
}

// Runs a statement without result rows; returns how many rows it changed.
template <class... Values>
int execute(SQLite::Database& connection, const char* sql, const Values&... values) {
  return prepare(connection, sql, values...).exec();
}

// The same for a statement that is kept for many rows.
template <class... Values>
int execute_again(SQLite::Statement& statement, const Values&... values) {
  statement.reset();
  bind_all(statement, values...);
  return statement.exec();
}

}  // namespace radsweep::db
