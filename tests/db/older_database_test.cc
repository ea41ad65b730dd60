// Databases of earlier versions, as those versions wrote them.
#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>

#include "base/durable_file.h"
#include "db/migration.h"
#include "db/outlook.h"
#include "db/query.h"
#include "tests/db/queue_fixture.h"
#include "tests/support/temp_dir.h"

using namespace radsweep;
using namespace radsweep::db;

namespace {

// A copy of what a version wrote: tests/golden/database/v<N>.sql.
std::filesystem::path database_of_version(int version, const test::TempDir& dir) {
  const std::string dump = "v" + std::to_string(version) + ".sql";
  SQLite::Database((dir / "sweep.db").string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
      .exec(read_file(std::filesystem::path(GOLDEN_DIR) / "database" / dump));
  return dir / "sweep.db";
}

std::vector<Table> everything_of_version_1(Database& database) {
  std::vector<Table> tables;
  for (const char* sql :
       {"SELECT * FROM sweep",
        "SELECT id, sweep_id, name, identity, resolution, architecture, variant,"
        " seed, config, cost, current, state, attempt, failures, created_ms"
        " FROM run",
        "SELECT * FROM attempt", "SELECT * FROM metric", "SELECT * FROM prediction",
        "SELECT run_id, attempt, best_auc, weights_sha256, valid_images"
        " FROM result",
        "SELECT * FROM event", "SELECT * FROM summary", "SELECT * FROM epochs"})
    tables.push_back(query(database, sql));
  return tables;
}

std::int64_t number(Database& database, const char* sql) {
  return std::get<std::int64_t>(query(database, sql).rows[0][0]);
}

}  // namespace

TEST_CASE("a database of an older version is read as it is, then migrated with all it holds") {
  int version = 0;
  SUBCASE("1") {
    version = 1;
  }
  SUBCASE("2") {
    version = 2;
  }
  SUBCASE("3") {
    version = 3;
  }
  SUBCASE("4") {
    version = 4;
  }
  test::TempDir dir;
  const std::filesystem::path path = database_of_version(version, dir);
  Database old = Database::open_for_reading(path);
  const std::vector<Table> before = everything_of_version_1(old);
  CHECK(before[1].rows.size() == 2);
  CHECK(before[4].rows.size() == 40);
  CHECK_FALSE(read_outlook(old).halted);
  CHECK(number(old, "PRAGMA user_version") == version);

  Database now = Database::open_for_writing(path);
  const std::vector<Table> after = everything_of_version_1(now);
  for (std::size_t table = 0; table < before.size(); ++table) {
    CAPTURE(table);
    CHECK(after[table].rows == before[table].rows);
  }
  const char* told = version < 2 ? "SELECT count(*) FROM runs WHERE data_set IS NULL"
                                 : "SELECT count(*) FROM runs WHERE data_set IS NOT NULL";
  CHECK(number(now, told) == 2);
  CHECK(number(now, "SELECT count(*) FROM runs WHERE gpus = 1") == 2);
  CHECK(number(now, "PRAGMA user_version") == migrations().back().version);
  CHECK(std::filesystem::exists(path.string() + ".backup-v" + std::to_string(version)));
}

TEST_CASE("the sweep of an older database goes on once it is migrated") {
  test::TempDir dir;
  Database database = Database::open_for_writing(database_of_version(1, dir));
  RunQueue queue(database, [] { return 1; });
  queue.set_runs(test::sweep_row(), {test::new_run("a")});
  CHECK(queue.claim_next("cpu:0")->name == "a");
  queue.record_halt("no room");
  CHECK(read_outlook(database).halted == "no room");
}

TEST_CASE("a run that several GPUs trained before their number was recorded is known by its slot") {
  test::TempDir dir;
  const std::filesystem::path path = database_of_version(4, dir);
  SQLite::Database(path.string(), SQLite::OPEN_READWRITE)
      .exec(
          "UPDATE attempt SET slot = 'GPU-a+GPU-b+GPU-c' WHERE run_id = 1;"
          "UPDATE run SET attempt = 9 WHERE id = 2");
  Database now = Database::open_for_writing(path);
  CHECK(number(now, "SELECT gpus FROM run WHERE id = 1") == 3);
  CHECK(number(now, "SELECT gpus FROM run WHERE id = 2") == 1);  // damaged: it has no attempt 9
}
