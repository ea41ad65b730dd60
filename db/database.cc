#include "db/database.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Transaction.h>
#include <sqlite3.h>

#include <string>
#include <thread>
#include <utility>

#include "base/durable_file.h"
#include "base/error.h"
#include "db/backup.h"
#include "db/connection.h"
#include "db/file_system.h"
#include "db/migration.h"
#include "db/sqlite_error.h"

namespace radsweep::db {

using std::chrono::milliseconds;

// What SQLite asks while another program holds the lock it needs, and we on a full disk.
struct Database::Patience {
  KeepWaiting keep_waiting;  // empty: until `limit`, and for no room at all
  milliseconds interval{1000};
  milliseconds limit{30000};
  milliseconds waited{0};      // for the lock wanted now
  milliseconds asked_last{0};  // value of `waited` when keep_waiting was called last

  // SQLite's busy handler: sleeps a little and returns whether to try again.
  static int on_busy(void* self, int tries_before) {
    return static_cast<Patience*>(self)->wait(tries_before) ? 1 : 0;
  }

  // A lock of ours is held for milliseconds: begin with short naps.
  bool wait(int tries_before) {
    if (tries_before == 0) waited = asked_last = milliseconds(0);
    const milliseconds nap(tries_before < 10 ? 2 : 20);
    std::this_thread::sleep_for(nap);
    waited += nap;
    if (!keep_waiting) return waited < limit;
    if (waited - asked_last < interval) return true;
    asked_last = waited;
    return keep_waiting(Hindrance::locked);
  }

  bool wait_for_room() const {
    if (!keep_waiting || !keep_waiting(Hindrance::full)) return false;
    std::this_thread::sleep_for(interval);
    return true;
  }
};

namespace {

void set_option(SQLite::Database& connection, int option, int value) {
  if (sqlite3_db_config(connection.getHandle(), option, value, nullptr) != SQLITE_OK)
    throw SQLite::Exception(connection.getHandle());
}

// No room on the disk, in a quota or below a file size limit. SQLite tells only the first apart
// from a disk that fails otherwise; waiting is right for all of them.
bool lacks_room(const SQLite::Exception& exception) {
  return exception.getErrorCode() == SQLITE_FULL ||
         exception.getExtendedErrorCode() == SQLITE_IOERR_WRITE ||
         exception.getExtendedErrorCode() == SQLITE_IOERR_SHMSIZE;
}

// Settings of every connection: no SQL hidden in a file may do harm, foreign keys hold.
void set_up(SQLite::Database& connection) {
  set_option(connection, SQLITE_DBCONFIG_DEFENSIVE, 1);
  set_option(connection, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0);
  connection.exec("PRAGMA foreign_keys = ON");
}

// SQLite opens a write-protected file for reading instead, and would fail much later.
void refuse_read_only(SQLite::Database& connection, const std::filesystem::path& path) {
  if (sqlite3_db_readonly(connection.getHandle(), "main") != 1) return;
  throw Error(ExitCode::environment, "open the database", path.string(), "it is write-protected",
              "give yourself permission to write to it, or name another store");
}

void check_for_damage(SQLite::Database& connection, const std::filesystem::path& path) {
  SQLite::Statement check(connection, "PRAGMA quick_check(1)");
  check.executeStep();
  const std::string verdict = check.getColumn(0).getString();
  if (verdict == "ok") return;
  throw Error(ExitCode::environment, "use the database", path.string(), "it is damaged: " + verdict,
              how_to_restore(path));
}

// An empty or missing database beside a backup lost its content: starting afresh would train all
// runs again.
void refuse_lost_content(const std::filesystem::path& path) {
  if (!std::filesystem::exists(backup_of(path))) return;
  throw Error(ExitCode::environment, "use the database", path.string(),
              "it is missing or empty, but a backup of it is there", how_to_restore(path));
}

JournalMode set_journal_mode(SQLite::Database& connection, const std::filesystem::path& path,
                             JournalMode wanted) {
  const auto request = [&](const char* sql) { return connection.execAndGet(sql).getString(); };
  if (wanted == JournalMode::wal && request("PRAGMA journal_mode = wal") == "wal")
    return JournalMode::wal;
  const std::string got = request("PRAGMA journal_mode = truncate");
  if (got == "truncate") return JournalMode::truncate;
  throw Error(ExitCode::environment, "set the journal mode of", path.string(),
              "it stays in mode " + got, "close every program that reads it, then try again");
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

JournalMode fitting_mode(const std::filesystem::path& path) {
  return on_network_file_system(folder_of(path)) ? JournalMode::truncate : JournalMode::wal;
}

}  // namespace

Database::Database(std::filesystem::path path, std::unique_ptr<Connection> connection)
    : path_(std::move(path)),
      patience_(std::make_unique<Patience>()),
      connection_(std::move(connection)) {
  sqlite3_busy_handler(connection_->getHandle(), &Patience::on_busy, patience_.get());
}

Database::Database(Database&&) noexcept = default;
Database::~Database() = default;

Database& Database::operator=(Database&& other) noexcept {
  connection_ = std::move(other.connection_);  // closes ours before its Patience goes
  patience_ = std::move(other.patience_);
  path_ = std::move(other.path_);
  journal_mode_ = other.journal_mode_;
  return *this;
}

Database Database::open_for_writing(const std::filesystem::path& path) {
  return open_for_writing(path, fitting_mode(path));
}

Database Database::open_for_writing(const std::filesystem::path& path, JournalMode mode) {
  return translating_errors("open the database", path, [&] {
    std::error_code unknown;  // SQLite will say why
    const bool is_new = !std::filesystem::exists(path, unknown);
    Database database(path, std::make_unique<Connection>(
                                path.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE));
    SQLite::Database& connection = *database.connection_;
    refuse_read_only(connection, path);
    forget_unfinished_backup(path);
    set_up(connection);
    if (checked_version(connection, path, migrations().back().version) == 0) {
      refuse_lost_content(path);
    }
    check_for_damage(connection, path);
    database.journal_mode_ = set_journal_mode(connection, path, mode);
    connection.exec("PRAGMA synchronous = FULL");
    migrate(connection, path, migrations());
    if (is_new) sync_directory(folder_of(path));
    return database;
  });
}

namespace {

// Opens and reads the first page, so that what cannot be read shows here.
std::unique_ptr<Connection> open_connection(const std::string& name, int flags) {
  auto connection = std::make_unique<Connection>(name, flags);
  sqlite3_busy_timeout(connection->getHandle(), 30000);
  connection->execAndGet("PRAGMA user_version");
  return connection;
}

// "file:" URI of a path; immutable: SQLite takes no locks and looks for no -wal file.
std::string immutable_uri(const std::filesystem::path& path) {
  static const std::string kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  static const char* kHex = "0123456789ABCDEF";
  std::string uri = "file:";
  for (const char c : std::filesystem::absolute(path).string()) {
    const auto byte = static_cast<unsigned char>(c);
    if (kPlain.find(c) != std::string::npos)
      uri += c;
    else
      uri.append({'%', kHex[byte >> 4], kHex[byte & 15]});
  }
  return uri + "?immutable=1";
}

std::unique_ptr<Connection> open_readable(const std::filesystem::path& path) {
  try {
    return open_connection(path.string(), SQLite::OPEN_READONLY);
  } catch (const SQLite::Exception& exception) {
    const int code = exception.getExtendedErrorCode();
    // A writer was killed in TRUNCATE mode: its journal must be rolled back, as any next user of
    // the file would do under SQLite's locks.
    if (code == SQLITE_READONLY_ROLLBACK) {
      auto connection = open_connection(path.string(), SQLite::OPEN_READWRITE);
      connection->exec("PRAGMA query_only = ON");
      return connection;
    }
    // A WAL database in a folder that we may not write to, or that has no room for its index: with
    // an empty log the file is all there is.
    const int kind = code & 0xFF;
    const bool unwritable = kind == SQLITE_CANTOPEN || kind == SQLITE_READONLY ||
                            kind == SQLITE_FULL || code == SQLITE_IOERR_SHMSIZE ||
                            code == SQLITE_IOERR_SHMOPEN || code == SQLITE_IOERR_SHMMAP;
    std::error_code missing;
    const auto wal_bytes = std::filesystem::file_size(path.string() + "-wal", missing);
    if (unwritable && (missing || wal_bytes == 0))
      return open_connection(immutable_uri(path), SQLite::OPEN_READONLY | SQLite::OPEN_URI);
    throw;
  }
}

}  // namespace

Database Database::open_for_reading(const std::filesystem::path& path) {
  return translating_errors("read the database", path, [&] {
    std::error_code unknown;  // SQLite will say why
    if (!std::filesystem::exists(path, unknown) && !unknown)
      throw Error(ExitCode::environment, "read the database", path.string(), "it does not exist",
                  "name a store folder that 'radsweep run' made");
    Database database(path, open_readable(path));
    SQLite::Database& connection = *database.connection_;
    // The one writer is also the only one who checkpoints: SQLite before 3.51.3 can lose commits
    // when another process does.
    set_option(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1);
    set_up(connection);
    if (checked_version(connection, path, migrations().back().version) == 0)
      throw Error(ExitCode::environment, "read the database", path.string(), "it is empty",
                  "'radsweep run' with the same store fills it");
    const std::string mode = connection.execAndGet("PRAGMA journal_mode").getString();
    database.journal_mode_ = mode == "wal" ? JournalMode::wal : JournalMode::truncate;
    return database;
  });
}

namespace {

bool in_transaction(SQLite::Database& connection) {
  return sqlite3_get_autocommit(connection.getHandle()) == 0;
}

// A part of a transaction: undone alone unless kept. Of equal names SQLite means the innermost.
class Part {
 public:
  explicit Part(SQLite::Database& connection) : connection_(connection) {
    connection_.exec("SAVEPOINT part");
  }
  ~Part() {
    // Some errors, a full disk among them, have undone the whole transaction already.
    if (!kept_ && in_transaction(connection_)) {
      connection_.tryExec("ROLLBACK TO part; RELEASE part");
    }
  }
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;
  void keep() {
    connection_.exec("RELEASE part");
    kept_ = true;
  }

 private:
  SQLite::Database& connection_;
  bool kept_ = false;
};

}  // namespace

void Database::transaction(const std::function<void()>& work) {
  if (in_transaction(*connection_)) {
    Part part(*connection_);
    try {
      work();
    } catch (const SQLite::Exception& exception) {
      if (lacks_room(exception)) throw;  // undoes everything: the outer one's, which may try again
      throw as_error(exception, "write to the database", path_);
    }
    part.keep();
    return;
  }
  const auto attempt = [&] {
    SQLite::Transaction transaction(*connection_, SQLite::TransactionBehavior::IMMEDIATE);
    work();
    transaction.commit();
  };
  translating_errors("write to the database", path_, [&] {
    while (true) {
      try {
        return attempt();
      } catch (const SQLite::Exception& exception) {
        if (!lacks_room(exception) || !patience_->wait_for_room()) throw;
      }
    }
  });
}

void Database::back_up() {
  translating_errors("back up the database", path_,
                     [&] { db::back_up(*connection_, backup_of(path_)); });
}

void Database::on_hindrance(KeepWaiting keep_waiting, std::chrono::milliseconds interval) {
  patience_->keep_waiting = std::move(keep_waiting);
  patience_->interval = interval;
}

}  // namespace radsweep::db
