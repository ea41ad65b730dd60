// What schema.sql and the README promise to a reader.
#include <doctest/doctest.h>

#include <filesystem>
#include <sstream>

#include "base/durable_file.h"
#include "db/query.h"
#include "tests/db/queue_fixture.h"

using namespace radsweep;
using namespace radsweep::db;
using test::QueueFixture;

namespace {

std::string text(const Value& value) {
  return std::get<std::string>(value);
}

// Whether the line of a CREATE TABLE that begins with `column` has a comment, or the column that a
// migration added.
bool explains(const std::string& create, const std::string& column) {
  std::istringstream lines(create);
  for (std::string line; std::getline(lines, line);)
    if (line.rfind("  " + column + " ", 0) == 0) return line.find("-- ") != std::string::npos;
  const auto added = create.find(", " + column + " ");
  return added != std::string::npos && create.find("/* ", added) < create.find(", ", added + 2);
}

}  // namespace

TEST_CASE("every table is strict and has a comment on every column") {
  QueueFixture f;
  const Table tables =
      query(f.database, "SELECT name, sql FROM sqlite_schema WHERE type = 'table'");
  CHECK(tables.rows.size() == 10);
  for (const auto& table : tables.rows) {
    const std::string sql = text(table[1]);
    CHECK(sql.find("STRICT") != std::string::npos);
    for (const auto& column :
         query(f.database, "SELECT name FROM pragma_table_info(?1)", {table[0]}).rows) {
      CAPTURE(text(table[0]));
      CAPTURE(text(column[0]));
      CHECK(explains(sql, text(column[0])));
    }
  }
}

TEST_CASE("the queries of the README run") {
  QueueFixture f;
  const std::string readme = read_file(std::filesystem::path(GOLDEN_DIR) / "../../db/README.md");
  int blocks = 0;
  for (auto at = readme.find("```sql\n"); at != std::string::npos;
       at = readme.find("```sql\n", at)) {
    at += 7;
    const auto end = readme.find("```", at);
    CHECK_NOTHROW(query(f.database, readme.substr(at, end - at)));
    ++blocks;
    at = end;
  }
  CHECK(blocks >= 10);
}

TEST_CASE("the README names every table and view and every column") {
  QueueFixture f;
  const std::string readme = read_file(std::filesystem::path(GOLDEN_DIR) / "../../db/README.md");
  const auto named = [&](const std::string& name) {
    return readme.find("`" + name + "`") != std::string::npos;
  };
  for (const auto& object :
       query(f.database, "SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'view')")
           .rows) {
    CAPTURE(text(object[0]));
    CHECK(named(text(object[0])));
    for (const auto& column :
         query(f.database, "SELECT name FROM pragma_table_info(?1)", {object[0]}).rows) {
      CAPTURE(text(column[0]));
      CHECK(named(text(column[0])));
    }
  }
}
