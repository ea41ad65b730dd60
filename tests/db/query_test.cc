#include "db/query.h"

#include <doctest/doctest.h>

#include "base/error.h"
#include "tests/db/queue_fixture.h"

using namespace radsweep;
using namespace radsweep::db;
using test::new_run;
using test::QueueFixture;
using test::sweep_row;

TEST_CASE("query returns column names and values of every type") {
  QueueFixture f;
  const Table table =
      query(f.database, "SELECT 1 AS whole, 0.5 AS real, 'tëxt' AS text, NULL AS none");
  CHECK(table.columns == std::vector<std::string>{"whole", "real", "text", "none"});
  REQUIRE(table.rows.size() == 1);
  CHECK(table.rows[0] ==
        std::vector<Value>{std::int64_t{1}, 0.5, std::string("tëxt"), std::monostate()});
}

TEST_CASE("query binds its parameters in order") {
  QueueFixture f;
  const Table table = query(f.database, "SELECT ?2, ?1, ?3, ?4",
                            {std::int64_t{7}, std::string("a'b"), std::monostate(), 1.5});
  CHECK(table.rows.at(0) ==
        std::vector<Value>{std::string("a'b"), std::int64_t{7}, std::monostate(), 1.5});
  CHECK_THROWS_WITH_AS(query(f.database, "SELECT ?1"), doctest::Contains("1 parameters, 0"), Error);
}

TEST_CASE("query keeps the columns of an empty result") {
  QueueFixture f;
  const Table table = query(f.database, "SELECT run_id, state FROM runs");
  CHECK(table.columns.size() == 2);
  CHECK(table.rows.empty());
}

TEST_CASE("query allows what describes the database") {
  QueueFixture f;
  CHECK(query(f.database, "PRAGMA table_info('runs')").rows.size() > 14);
  CHECK(query(f.database, "SELECT name FROM pragma_table_info('summary')").rows.size() == 10);
  CHECK(query(f.database, "SELECT value FROM json_each('[1, 2]')").rows.size() == 2);
  CHECK_NOTHROW(query(f.database, "PRAGMA user_version"));
  CHECK_NOTHROW(query(f.database, "EXPLAIN QUERY PLAN SELECT * FROM summary"));
  CHECK_NOTHROW(query(f.database, "SELECT sql FROM sqlite_schema"));
  CHECK_NOTHROW(query(f.database, "-- a comment\nSELECT 1;  -- and another\n"));
  CHECK_NOTHROW(query(f.database,
                      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
                      " WHERE i < 9) SELECT max(i) FROM n"));
}

TEST_CASE("query refuses everything that does more than read") {
  QueueFixture f;
  f.queue.set_runs(sweep_row(), {new_run("a")});
  const std::string before = f.snapshot();
  for (const char* sql : {"DELETE FROM run",
                          "UPDATE run SET seed = 2",
                          "INSERT INTO event (at_ms, kind) VALUES (1, 'x')",
                          "DROP TABLE metric",
                          "UPDATE sqlite_master SET sql = ''",
                          "CREATE TABLE t (x)",
                          "CREATE TEMP TABLE t (x)",
                          "ATTACH 'other.db' AS other",
                          "DETACH main",
                          "VACUUM",
                          "VACUUM INTO 'copy.db'",
                          "BEGIN",
                          "BEGIN IMMEDIATE",
                          "COMMIT",
                          "SAVEPOINT s",
                          "PRAGMA user_version = 7",
                          "PRAGMA journal_mode = delete",
                          "PRAGMA journal_mode(delete)",
                          "PRAGMA wal_checkpoint",
                          "PRAGMA optimize",
                          "PRAGMA query_only = 0",
                          "REINDEX",
                          "ANALYZE",
                          "EXPLAIN DELETE FROM run",
                          "SELECT 1; SELECT 2",
                          "SELECT 1; DELETE FROM run",
                          "WITH x AS (SELECT 1) DELETE FROM run RETURNING id"}) {
    CAPTURE(sql);
    try {
      query(f.database, sql);
      FAIL("it ran");
    } catch (const Error& error) {
      CHECK(error.code() == ExitCode::usage);
    }
  }
  CHECK(f.snapshot() == before);
  CHECK(f.value("PRAGMA user_version") != "7");
}

TEST_CASE("query tells what is wrong with the SQL") {
  QueueFixture f;
  CHECK_THROWS_WITH_AS(query(f.database, "SELECT resoluton FROM runs"),
                       doctest::Contains("no such column: resoluton"), Error);
  CHECK_THROWS_WITH_AS(query(f.database, "SELEC 1"), doctest::Contains("syntax error"), Error);
  CHECK_THROWS_WITH_AS(query(f.database, " -- nothing"), doctest::Contains("no statement"), Error);
  CHECK_THROWS_WITH_AS(query(f.database, ""), doctest::Contains("no statement"), Error);
}

TEST_CASE("query leaves the connection able to write afterwards") {
  QueueFixture f;
  query(f.database, "SELECT 1");
  CHECK_THROWS_AS(query(f.database, "DELETE FROM run"), Error);
  CHECK(f.queue.set_runs(sweep_row(), {new_run("a")}).added.size() == 1);
}
