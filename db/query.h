// Read-only SQL with untyped rows: for `radsweep sql` and for the reports.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "db/database.h"

namespace radsweep::db {

using Value = std::variant<std::monostate, std::int64_t, double, std::string>;  // monostate: NULL

struct Table {
  std::vector<std::string> columns;
  std::vector<std::vector<Value>> rows;
};

// Runs one statement that only reads; `parameters` bind to ?1, ?2, ... Throws Error(usage) when
// the SQL is wrong (with SQLite's message), writes anything, attaches a file, or is more than
// one statement.
Table query(Database& database, std::string_view sql, const std::vector<Value>& parameters = {});

}  // namespace radsweep::db
