#include "db/migration.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <doctest/doctest.h>

#include <fstream>
#include <vector>

#include "base/error.h"
#include "tests/support/temp_dir.h"

using namespace radsweep;
using namespace radsweep::db;

namespace {

const Migration kFirst = {1,
                          "CREATE TABLE t (x INTEGER PRIMARY KEY); INSERT INTO t VALUES (41);"
                          "CREATE TABLE child (x INTEGER REFERENCES t(x));"};
const Migration kSecond = {2, "ALTER TABLE t ADD COLUMN y TEXT; UPDATE t SET x = 42, y = 'new';"};

struct File {
  test::TempDir dir;
  std::filesystem::path path = dir / "sweep.db";
  SQLite::Database connection{path.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};

  void migrate_with(const std::vector<Migration>& steps) { migrate(connection, path, steps); }
  int number(const char* sql) { return connection.execAndGet(sql).getInt(); }
  std::filesystem::path backup() const { return path.string() + ".backup-v1"; }
};

}  // namespace

TEST_CASE("the migrations of this program are numbered from 1 without a gap") {
  int expected = 0;
  for (const Migration& step : migrations()) CHECK(step.version == ++expected);
}

TEST_CASE("migrate brings an empty database to the newest version, without a backup") {
  File f;
  f.migrate_with({kFirst, kSecond});
  CHECK(f.number("PRAGMA user_version") == 2);
  CHECK(f.number("SELECT x FROM t WHERE y = 'new'") == 42);
  CHECK(std::distance(std::filesystem::directory_iterator(f.dir.path()), {}) == 1);
}

TEST_CASE("migrate keeps the data and leaves a copy of the old version") {
  File f;
  f.migrate_with({kFirst});
  std::ofstream(f.backup().string() + ".unfinished") << "left by a crash";
  f.migrate_with({kFirst, kSecond});
  CHECK(f.number("PRAGMA user_version") == 2);
  CHECK(f.number("SELECT x FROM t") == 42);
  SQLite::Database copy(f.backup().string());
  CHECK(copy.execAndGet("PRAGMA user_version").getInt() == 1);
  CHECK(copy.execAndGet("SELECT x FROM t").getInt() == 41);
  CHECK_FALSE(std::filesystem::exists(f.backup().string() + ".unfinished"));
}

TEST_CASE("migrate of the newest version does nothing") {
  File f;
  f.migrate_with({kFirst});
  f.migrate_with({kFirst});
  CHECK(f.number("SELECT count(*) FROM t") == 1);
  CHECK_FALSE(std::filesystem::exists(f.backup()));
}

TEST_CASE("a migration step that fails leaves the version before it") {
  File f;
  const Migration broken = {3, "UPDATE t SET x = 43; SELECT no_such_function();"};
  CHECK_THROWS_AS(f.migrate_with({kFirst, kSecond, broken}), SQLite::Exception);
  CHECK(f.number("PRAGMA user_version") == 2);
  CHECK(f.number("SELECT x FROM t") == 42);
}

TEST_CASE("a migration step may rebuild tables but not leave references to nothing") {
  File f;
  f.migrate_with({kFirst});
  f.connection.exec("PRAGMA foreign_keys = ON; INSERT INTO child VALUES (41)");
  SUBCASE("rebuilt") {
    f.migrate_with({kFirst,
                    {2,
                     "CREATE TABLE u (x INTEGER PRIMARY KEY, z TEXT);"
                     "INSERT INTO u (x) SELECT x FROM t; DROP TABLE t;"
                     "ALTER TABLE u RENAME TO t;"}});
    CHECK(f.number("PRAGMA user_version") == 2);
    CHECK(f.number("SELECT count(*) FROM child JOIN t USING (x)") == 1);
  }
  SUBCASE("broken") {
    CHECK_THROWS_WITH_AS(f.migrate_with({kFirst, {2, "DELETE FROM t;"}}),
                         doctest::Contains("refer to nothing"), Error);
    CHECK(f.number("PRAGMA user_version") == 1);
    CHECK(f.number("SELECT count(*) FROM t") == 1);
  }
  CHECK(f.number("PRAGMA foreign_keys") == 1);
}
