#include "orchestrator/report/table_reader.h"

#include <algorithm>
#include <limits>

#include "base/error.h"

namespace radsweep::report {

bool TableReader::next() {
  if (upcoming_ == table_.rows.size()) return false;
  ++upcoming_;
  return true;
}

const db::Value& TableReader::at(std::string_view column) const {
  const auto found = std::find(table_.columns.begin(), table_.columns.end(), column);
  ensure(upcoming_ > 0, "a row is read before the first next()");
  ensure(found != table_.columns.end(), "a column is read that was not selected");
  return table_.rows[upcoming_ - 1][static_cast<std::size_t>(found - table_.columns.begin())];
}

std::string TableReader::text(std::string_view column) const {
  const db::Value& value = at(column);
  if (std::holds_alternative<std::monostate>(value)) return "";
  ensure(std::holds_alternative<std::string>(value), "a column is not text");
  return std::get<std::string>(value);
}

std::optional<std::int64_t> TableReader::optional_integer(std::string_view column) const {
  const db::Value& value = at(column);
  if (std::holds_alternative<std::monostate>(value)) return std::nullopt;
  ensure(std::holds_alternative<std::int64_t>(value), "a column is not a whole number");
  return std::get<std::int64_t>(value);
}

std::int64_t TableReader::integer(std::string_view column) const {
  const auto value = optional_integer(column);
  ensure(value.has_value(), "a column is NULL that never should be");
  return *value;
}

int TableReader::small(std::string_view column) const {
  const std::int64_t value = integer(column);
  ensure(value >= std::numeric_limits<int>::min() && value <= std::numeric_limits<int>::max(),
         "a number of the database does not fit");
  return static_cast<int>(value);
}

std::optional<double> TableReader::optional_real(std::string_view column) const {
  const db::Value& value = at(column);
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  if (std::holds_alternative<std::monostate>(value)) return std::nullopt;
  ensure(std::holds_alternative<double>(value), "a column is not a number");
  return std::get<double>(value);
}

}  // namespace radsweep::report
