#include "db/connection.h"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <filesystem>
#include <string>

#include "db/statement.h"
#include "tests/db/queue_fixture.h"

using namespace radsweep;
using namespace radsweep::db;
using test::new_run;
using test::QueueFixture;
using test::result_row;
using test::sweep_row;

namespace {

struct Numbers {
  Connection connection{":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
  Numbers() {
    connection.exec("CREATE TABLE number (value INTEGER NOT NULL UNIQUE, name TEXT) STRICT");
  }
  void add(int value) { execute(connection, "INSERT INTO number (value) VALUES (?1)", value); }
  int count() { return connection.execAndGet("SELECT count(*) FROM number").getInt(); }
};

// What the connection holds compiled now, used or idle.
int compiled(Connection& connection) {
  int statements = 0;
  sqlite3_stmt* statement = nullptr;
  while ((statement = sqlite3_next_stmt(connection.getHandle(), statement))) ++statements;
  return statements;
}

// A count of all of them, of all their time.
int counted(Connection& connection, int what) {
  int sum = 0;
  sqlite3_stmt* statement = nullptr;
  while ((statement = sqlite3_next_stmt(connection.getHandle(), statement)))
    sum += sqlite3_stmt_status(statement, what, 0);
  return sum;
}

}  // namespace

TEST_CASE("a statement is compiled once, however often it is run") {
  Numbers f;
  for (int value = 0; value < 5; ++value) f.add(value);
  CHECK(f.count() == 5);
  CHECK(compiled(f.connection) == 1);
  CHECK(counted(f.connection, SQLITE_STMTSTATUS_RUN) == 5);
}

TEST_CASE("the second run of a queue is claimed and finished without compiling anything") {
  QueueFixture f;
  f.queue.set_runs(sweep_row(), {new_run("a"), new_run("b")});
  const auto train_one = [&f] {
    const auto claim = f.queue.claim_next("cpu:0").value();
    f.queue.record_process(claim.fence, {"here", "boot", 1, 1});
    f.queue.finish(claim.fence, result_row(), {{0, "valid_auc", 0.5}}, {{"study", 1, 0, 0.5}});
  };
  train_one();
  const int after_the_first = compiled(f.database.connection());
  const int runs = counted(f.database.connection(), SQLITE_STMTSTATUS_RUN);
  CHECK(query(f.database, "SELECT run_id FROM runs").rows.size() == 2);  // as a picture does
  train_one();
  CHECK(compiled(f.database.connection()) == after_the_first);
  CHECK(counted(f.database.connection(), SQLITE_STMTSTATUS_REPREPARE) == 0);
  CHECK(counted(f.database.connection(), SQLITE_STMTSTATUS_RUN) > runs);
  CHECK(f.queue.counts().done == 2);
}

TEST_CASE("one text in two places at once gives each its own rows") {
  Numbers f;
  for (int value = 0; value < 3; ++value) f.add(value);
  const char* above = "SELECT value FROM number WHERE value > ?1 ORDER BY value";
  std::string pairs;
  for (int round = 0; round < 2; ++round) {
    Statement outer(f.connection, above, -1);
    while (outer.executeStep()) {
      const int first = outer.getColumn(0).getInt();
      Statement inner(f.connection, above, first);
      while (inner.executeStep())
        pairs += std::to_string(first) + std::to_string(inner.getColumn(0).getInt()) + " ";
    }
  }
  CHECK(pairs == "01 02 12 01 02 12 ");
  CHECK(compiled(f.connection) == 3);  // two of them are of this text
}

TEST_CASE("a statement that failed can be run again") {
  Numbers f;
  f.add(1);
  CHECK_THROWS_WITH_AS(f.add(1), "UNIQUE constraint failed: number.value", SQLite::Exception);
  f.add(2);
  CHECK(f.count() == 2);
  CHECK(compiled(f.connection) == 1);
}

TEST_CASE("a statement that is given the wrong number of values is not kept") {
  Numbers f;
  const char* insert = "INSERT INTO number (value) VALUES (?1)";
  CHECK_THROWS_AS(execute(f.connection, insert, 1, 2), SQLite::Exception);
  CHECK(compiled(f.connection) == 0);
  CHECK(execute(f.connection, insert, 1) == 1);
}

TEST_CASE("a value of an earlier use is not bound any more") {
  Numbers f;
  const char* insert = "INSERT INTO number (value, name) VALUES (?1, ?2)";
  execute(f.connection, insert, 1, std::string("one"));
  execute(f.connection, insert, 2);
  CHECK(f.connection.execAndGet("SELECT name FROM number WHERE value = 2").isNull());
}

TEST_CASE("a value that a row leaves out is not that of the row before") {
  Numbers f;
  Statement insert(f.connection, "INSERT INTO number (value, name) VALUES (?1, ?2)");
  insert.execute_again(1, std::string("one"));
  insert.execute_again(2);
  CHECK(f.connection.execAndGet("SELECT name FROM number WHERE value = 2").isNull());
}

TEST_CASE("a statement given back in the midst of its rows holds no lock") {
  QueueFixture f;
  f.queue.set_runs(sweep_row(), {new_run("a"), new_run("b")});
  {
    Statement rows(f.database.connection(), "SELECT name FROM run ORDER BY id");
    REQUIRE(rows.executeStep());
    CHECK(sqlite3_txn_state(f.database.connection().getHandle(), "main") == SQLITE_TXN_READ);
  }
  CHECK(sqlite3_txn_state(f.database.connection().getHandle(), "main") == SQLITE_TXN_NONE);
}

TEST_CASE("a statement kept from before a change of the schema obeys the new one") {
  Numbers f;
  f.add(1);
  f.connection.exec("DROP TABLE number; CREATE TABLE number (id INTEGER PRIMARY KEY, value TEXT)");
  f.add(2);
  CHECK(f.connection.execAndGet("SELECT value FROM number").getString() == "2");
}

TEST_CASE("a connection that keeps statements closes its file in order") {
  test::TempDir dir;
  {
    auto database = Database::open_for_writing(dir / "sweep.db", JournalMode::wal);
    RunQueue(database, [] { return 1; }).set_runs(sweep_row(), {new_run("a")});
    REQUIRE(compiled(database.connection()) > 0);
    REQUIRE(std::filesystem::exists(dir / "sweep.db-wal"));
  }
  CHECK_FALSE(std::filesystem::exists(dir / "sweep.db-wal"));
}
