#include "db/query.h"

#include <sqlite3.h>

#include <memory>

#include "base/error.h"
#include "db/connection.h"

namespace radsweep::db {

namespace {

struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using StatementHandle = std::unique_ptr<sqlite3_stmt, Finalize>;

class Reader {
 public:
  Reader(sqlite3* handle, std::string_view sql) : handle_(handle), sql_(sql) {}

  StatementHandle prepare() const {
    const char* rest = nullptr;
    StatementHandle statement = prepare_first(sql_, &rest);
    if (!statement) refuse("there is no statement in it");
    if (prepare_first(std::string(rest), &rest)) refuse("it is more than one statement");
    if (!sqlite3_stmt_readonly(statement.get())) refuse("it would write to the database");
    return statement;
  }

  void bind(sqlite3_stmt* statement, const std::vector<Value>& parameters) const {
    const int wanted = sqlite3_bind_parameter_count(statement);
    if (wanted != static_cast<int>(parameters.size()))
      refuse("it has " + std::to_string(wanted) + " parameters, " +
             std::to_string(parameters.size()) + " were given");
    int index = 0;
    for (const Value& value : parameters) bind_one(statement, ++index, value);
  }

  Table rows(sqlite3_stmt* statement) const {
    Table table;
    const int width = sqlite3_column_count(statement);
    for (int column = 0; column < width; ++column)
      table.columns.emplace_back(sqlite3_column_name(statement, column));
    int status = SQLITE_ROW;
    while ((status = sqlite3_step(statement)) == SQLITE_ROW) {
      auto& row = table.rows.emplace_back();
      for (int column = 0; column < width; ++column) row.push_back(value_at(statement, column));
    }
    if (status != SQLITE_DONE) fail(status);
    return table;
  }

 private:
  // The first statement of `text`, null when only blanks and comments are left.
  StatementHandle prepare_first(const std::string& text, const char** rest) const {
    sqlite3_stmt* statement = nullptr;
    const int status = sqlite3_prepare_v2(handle_, text.c_str(), -1, &statement, rest);
    if (status == SQLITE_AUTH) refuse("only statements that read are run here");
    if (status != SQLITE_OK) fail(status);
    return StatementHandle(statement);
  }

  void bind_one(sqlite3_stmt* statement, int index, const Value& value) const {
    if (const auto* whole = std::get_if<std::int64_t>(&value))
      sqlite3_bind_int64(statement, index, *whole);
    else if (const auto* real = std::get_if<double>(&value))
      sqlite3_bind_double(statement, index, *real);
    else if (const auto* text = std::get_if<std::string>(&value))
      sqlite3_bind_text64(statement, index, text->data(), text->size(), SQLITE_TRANSIENT,
                          SQLITE_UTF8);
    else
      sqlite3_bind_null(statement, index);
  }

  static Value value_at(sqlite3_stmt* statement, int column) {
    switch (sqlite3_column_type(statement, column)) {
      case SQLITE_NULL:
        return std::monostate();
      case SQLITE_INTEGER:
        return std::int64_t{sqlite3_column_int64(statement, column)};
      case SQLITE_FLOAT:
        return sqlite3_column_double(statement, column);
      default: {
        const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, column));
        const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
        return bytes ? std::string(bytes, size) : std::string();
      }
    }
  }

  [[noreturn]] void refuse(const std::string& why) const {
    throw Error(ExitCode::usage, "run the query", sql_, why,
                "the views are runs, epochs, summary and predictions; of trainers of your own"
                " params, objectives and objective_summary");
  }

  // Wrong SQL is the asker's, everything else (locked, damaged, disk) the environment's fault.
  [[noreturn]] void fail(int status) const {
    const int primary = status & 0xFF;
    const bool wrong_sql = primary == SQLITE_ERROR || primary == SQLITE_TOOBIG ||
                           primary == SQLITE_MISMATCH || primary == SQLITE_AUTH;
    if (wrong_sql) refuse(sqlite3_errmsg(handle_));
    throw Error(ExitCode::environment, "run the query", sql_, sqlite3_errmsg(handle_));
  }

  sqlite3* handle_;
  std::string sql_;
};

}  // namespace

Table query(Database& database, std::string_view sql, const std::vector<Value>& parameters) {
  const Connection::ReadingOnly guard(database.connection());
  const Reader reader(database.connection().getHandle(), sql);
  const StatementHandle statement = reader.prepare();
  reader.bind(statement.get(), parameters);
  return reader.rows(statement.get());
}

}  // namespace radsweep::db
