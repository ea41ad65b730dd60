// Typed, named access to the untyped rows of a query.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "db/query.h"

namespace radsweep::report {

// Walks the rows of one table: `while (reader.next()) reader.text("name")`. Columns are those of
// a query of ours: an unknown name or an unexpected type is our bug (Error internal).
class TableReader {
 public:
  explicit TableReader(db::Table table) : table_(std::move(table)) {}

  bool next();                                      // false after the last row
  std::string text(std::string_view column) const;  // NULL: ""
  std::int64_t integer(std::string_view column) const;
  int small(std::string_view column) const;  // an integer that fits an int
  std::optional<std::int64_t> optional_integer(std::string_view column) const;
  std::optional<double> optional_real(std::string_view column) const;  // also of an integer

 private:
  const db::Value& at(std::string_view column) const;
  db::Table table_;
  std::size_t upcoming_ = 0;
};

}  // namespace radsweep::report
