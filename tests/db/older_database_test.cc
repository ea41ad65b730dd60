// Databases of earlier versions, as those versions wrote them.
#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>

#include "base/durable_file.h"
#include "db/migration.h"
#include "db/query.h"
#include "tests/db/queue_fixture.h"
#include "tests/support/temp_dir.h"

using namespace radsweep;
using namespace radsweep::db;

namespace {

std::vector<Table> everything_of_version_1(Database& database) {
  std::vector<Table> tables;
  for (const char* sql : {"SELECT * FROM sweep", "SELECT * FROM run", "SELECT * FROM attempt",
                          "SELECT * FROM metric", "SELECT * FROM prediction",
                          "SELECT run_id, attempt, best_auc, weights_sha256, valid_images"
                          " FROM result",
                          "SELECT * FROM event", "SELECT * FROM summary", "SELECT * FROM epochs"})
    tables.push_back(query(database, sql));
  return tables;
}

}  // namespace

TEST_CASE("a database of version 1 is read as it is, then migrated with all it holds") {
  test::TempDir dir;
  const std::filesystem::path path = dir / "sweep.db";
  SQLite::Database(path.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
      .exec(read_file(std::filesystem::path(GOLDEN_DIR) / "database" / "v1.sql"));
  Database old = Database::open_for_reading(path);
  const std::vector<Table> before = everything_of_version_1(old);
  CHECK(before[1].rows.size() == 2);
  CHECK(before[4].rows.size() == 40);

  Database now = Database::open_for_writing(path);
  const std::vector<Table> after = everything_of_version_1(now);
  for (std::size_t table = 0; table < before.size(); ++table) {
    CAPTURE(table);
    CHECK(after[table].rows == before[table].rows);
  }
  CHECK(query(now, "SELECT 1 FROM runs WHERE data_set IS NULL").rows.size() == 2);
  CHECK(std::get<std::int64_t>(query(now, "PRAGMA user_version").rows[0][0]) ==
        migrations().back().version);
  CHECK(std::filesystem::exists(path.string() + ".backup-v1"));
}
