// A database that another program holds.
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <doctest/doctest.h>

#include <memory>

#include "db/database.h"
#include "tests/db/other_programs.h"
#include "tests/db/queue_fixture.h"

using namespace radsweep;
using namespace radsweep::db;
using namespace std::chrono_literals;
using test::add_run;
using test::names_in;
using test::other_program;
using test::QueueFixture;
using test::refusal;
using test::says;

TEST_CASE("a database locked by another program is waited for") {
  QueueFixture f;
  auto other = other_program(f.dir / "sweep.db");
  other.exec("BEGIN IMMEDIATE");
  int asked = 0;
  f.database.on_hindrance(
      [&](Hindrance) {
        if (++asked == 3) other.exec("ROLLBACK");
        return true;
      },
      5ms);
  add_run(f.database, "a");
  CHECK(asked == 3);
  CHECK(names_in(f.database) == "a");
}

TEST_CASE("waiting for a locked database ends when it is told to") {
  QueueFixture f;
  auto other = other_program(f.dir / "sweep.db");
  other.exec("BEGIN IMMEDIATE");
  f.database.on_hindrance([](Hindrance) { return false; }, 5ms);
  const std::string text = refusal([&] { add_run(f.database, "a"); });
  CHECK(says(text, "locked"));
  CHECK(says(text, "fuser"));
  other.exec("ROLLBACK");
  add_run(f.database, "a");
  CHECK(names_in(f.database) == "a");
}

TEST_CASE("a commit waits for a reader that holds the file in truncate mode") {
  test::TempDir dir;
  auto database = Database::open_for_writing(dir / "sweep.db", JournalMode::truncate);
  add_run(database, "a");
  auto other = other_program(dir / "sweep.db");
  auto cursor = std::make_unique<SQLite::Statement>(other, "SELECT name FROM run");
  REQUIRE(cursor->executeStep());
  int asked = 0;
  database.on_hindrance(
      [&](Hindrance) {
        ++asked;
        cursor.reset();
        return true;
      },
      5ms);
  database.transaction([&] { database.connection().exec("UPDATE run SET name = 'b'"); });
  CHECK(asked == 1);
  CHECK(names_in(database) == "b");
}

TEST_CASE("a database can be moved and goes on waiting as it was told") {
  QueueFixture f;
  test::TempDir elsewhere;
  f.database.on_hindrance([](Hindrance) { return false; }, 5ms);
  Database moved = Database::open_for_writing(elsewhere / "sweep.db");
  moved = std::move(f.database);
  CHECK(moved.path() == f.dir / "sweep.db");
  auto other = other_program(f.dir / "sweep.db");
  other.exec("BEGIN IMMEDIATE");
  CHECK(says(refusal([&] { add_run(moved, "a"); }), "locked"));
}
