#include "orchestrator/report/rows_format.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "base/shortest_number.h"
#include "orchestrator/report/escape.h"
#include "orchestrator/report/number_text.h"
#include "orchestrator/report/text_table.h"

namespace radsweep::report {
namespace {

using Json = nlohmann::ordered_json;

struct AsText {
  std::string operator()(std::monostate) const { return ""; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(double value) const { return shortest_number(value); }
  std::string operator()(const std::string& value) const { return value; }
};

struct AsJson {
  Json operator()(std::monostate) const { return nullptr; }
  Json operator()(std::int64_t value) const { return value; }
  // JSON has no infinity; SQLite has no NaN
  Json operator()(double value) const { return std::isfinite(value) ? Json(value) : Json(nullptr); }
  Json operator()(const std::string& value) const { return value; }
};

bool all_numbers(const db::Table& table, std::size_t column) {
  for (const auto& row : table.rows) {
    if (std::holds_alternative<std::string>(row[column])) return false;
  }
  return true;
}

std::vector<std::string> distinct_names(const std::vector<std::string>& columns) {
  std::vector<std::string> names;
  std::set<std::string> used;
  for (const std::string& column : columns) {
    std::string name = column;
    for (int i = 2; !used.insert(name).second; ++i) name = column + "_" + std::to_string(i);
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace

std::string rows_as_text(const db::Table& table) {
  TextTable text{table.columns, {}, {}};
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    text.align.push_back(all_numbers(table, i) ? Align::right : Align::left);
  }
  for (const auto& row : table.rows) {
    std::vector<std::string> cells;
    for (const db::Value& value : row) cells.push_back(std::visit(AsText{}, value));
    text.rows.push_back(std::move(cells));
  }
  return lay_out(text);
}

std::string rows_as_csv(const db::Table& table) {
  const auto line = [](const std::vector<std::string>& fields) {
    std::string text;
    for (std::size_t i = 0; i < fields.size(); ++i) text += (i ? "," : "") + csv_field(fields[i]);
    return text + "\n";
  };
  std::string text = line(table.columns);
  for (const auto& row : table.rows) {
    std::vector<std::string> fields;
    for (const db::Value& value : row) fields.push_back(std::visit(AsText{}, value));
    text += line(fields);
  }
  return text;
}

std::string rows_as_json(const db::Table& table) {
  const std::vector<std::string> names = distinct_names(table.columns);
  Json array = Json::array();
  for (const auto& row : table.rows) {
    Json object = Json::object();
    for (std::size_t i = 0; i < names.size(); ++i) object[names[i]] = std::visit(AsJson{}, row[i]);
    array.push_back(std::move(object));
  }
  return array.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace radsweep::report
