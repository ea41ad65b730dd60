#include "db/migration.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

#include <array>
#include <string>

#include "base/error.h"
#include "db/backup.h"
#include "db/database.h"
#include "db/sql_text.h"

namespace radsweep::db {

namespace {

constexpr std::array kMigrations = {
    Migration{1, sql::schema}, Migration{2, sql::migration_002_data_set},
    Migration{3, sql::migration_003_outlook}, Migration{4, sql::migration_004_own_trainers},
    Migration{5, sql::migration_005_gpus}};

int pragma(SQLite::Database& connection, const char* name) {
  return connection.execAndGet(std::string("PRAGMA ") + name).getInt();
}

void check_foreign_keys(SQLite::Database& connection, int version) {
  SQLite::Statement broken(connection, "PRAGMA foreign_key_check");
  if (!broken.executeStep()) return;
  throw Error(ExitCode::internal, "migrate the database to version", std::to_string(version),
              "rows of table " + broken.getColumn(0).getString() + " would refer to nothing in " +
                  broken.getColumn(2).getString(),
              "nothing was changed; please report this with a copy of the database");
}

void run_step(SQLite::Database& connection, const Migration& step) {
  SQLite::Transaction transaction(connection, SQLite::TransactionBehavior::IMMEDIATE);
  connection.exec(step.sql);
  check_foreign_keys(connection, step.version);
  connection.exec("PRAGMA user_version = " + std::to_string(step.version));
  transaction.commit();
}

// Foreign keys are not enforced as long as this lives; SQLite can switch that only between
// transactions.
class WithoutForeignKeys {
 public:
  explicit WithoutForeignKeys(SQLite::Database& connection) : connection_(connection) {
    connection_.exec("PRAGMA foreign_keys = OFF");
  }
  ~WithoutForeignKeys() { connection_.tryExec("PRAGMA foreign_keys = ON"); }
  WithoutForeignKeys(const WithoutForeignKeys&) = delete;
  WithoutForeignKeys& operator=(const WithoutForeignKeys&) = delete;

 private:
  SQLite::Database& connection_;
};

}  // namespace

std::span<const Migration> migrations() {
  return kMigrations;
}

int checked_version(SQLite::Database& connection, const std::filesystem::path& path, int newest) {
  const int id = pragma(connection, "application_id");
  const int version = pragma(connection, "user_version");
  if (id == 0 && version == 0 &&
      connection.execAndGet("SELECT count(*) FROM sqlite_schema").getInt() == 0)
    return 0;
  if (id != kApplicationId)
    throw Error(ExitCode::environment, "use the database", path.string(),
                "it was not written by radsweep", "name another store, or move this file away");
  if (version > newest)
    throw Error(ExitCode::environment, "use the database", path.string(),
                "it has version " + std::to_string(version) +
                    ", this program knows versions up to " + std::to_string(newest),
                "use the newer radsweep that wrote it");
  return version;
}

void migrate(SQLite::Database& connection, const std::filesystem::path& path,
             std::span<const Migration> steps) {
  const int version = pragma(connection, "user_version");
  if (version >= steps.back().version) return;
  if (version > 0) back_up(connection, path.string() + ".backup-v" + std::to_string(version));
  const WithoutForeignKeys guard(connection);
  for (const Migration& step : steps)
    if (step.version > version) run_step(connection, step);
}

}  // namespace radsweep::db
