// One connection to sweep.db: opened, checked and migrated.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>

namespace radsweep::db {

class Connection;  // db/connection.h

// "RSWP": written into the header of every database of ours.
inline constexpr int kApplicationId = 0x52535750;

// How commits are made durable. WAL lets readers and the writer work side by side, but needs
// memory shared by all of them, which network file systems do not give; TRUNCATE works there.
enum class JournalMode { wal, truncate };

// Why a statement waits: another program holds a lock, or the disk takes no more bytes.
enum class Hindrance { locked, full };

// Owns the connection. Not thread-safe: one thread per object. Never carry it over fork().
class Database {
 public:
  // Creates the database or opens it for writing and migrates it, each step in one transaction,
  // after a backup copy beside it. The caller must own the store's lock (one writer per store).
  // WAL on local file systems, TRUNCATE on network ones; synchronous=FULL, foreign keys on.
  // Throws Error(environment): not one of our databases, damaged (quick_check), written by a
  // newer version, cannot be opened. Nothing of what is refused is changed.
  static Database open_for_writing(const std::filesystem::path& path);
  static Database open_for_writing(const std::filesystem::path& path, JournalMode mode);

  // Opens an existing database for reading while anybody writes; an older version is read as it
  // is. Never writes and never checkpoints; also works where nothing can be written, as long as
  // the last writer closed it in order. Throws Error(environment) when there is none, it is not
  // ours, or it is newer than this program.
  static Database open_for_reading(const std::filesystem::path& path);

  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  // Runs `work` in one BEGIN IMMEDIATE transaction; rolls back when it throws. Errors of SQLite
  // inside `work` come out as Error. Within another transaction it is a part of that one, undone
  // alone when it throws. On a full
  // disk `work` may be run several times (see on_hindrance), each time from the state before the
  // first.
  void transaction(const std::function<void()>& work);

  // While the database is locked by another program, or the disk has no room for a transaction,
  // every statement and every transaction waits, without limit, as long as `keep_waiting` (called
  // after each `interval` of waiting) returns true; after that it throws Error(environment).
  // Unless this is called, waiting for a lock ends after 30 s and nothing waits for room.
  // `keep_waiting` must not throw and must not use this database.
  using KeepWaiting = std::function<bool(Hindrance)>;
  void on_hindrance(KeepWaiting keep_waiting,
                    std::chrono::milliseconds interval = std::chrono::seconds(1));

  // Replaces backup_of(path()) by a consistent copy of all that is committed, complete on the
  // disk when this returns. Readers and the database itself notice nothing. Throws
  // Error(environment); the earlier copy is still there then.
  void back_up();

  const std::filesystem::path& path() const { return path_; }
  // What is in force; truncate where a network file system does not allow WAL (worth a warning).
  JournalMode journal_mode() const { return journal_mode_; }

  // For the code of db/ only.
  Connection& connection() { return *connection_; }

 private:
  struct Patience;
  Database(std::filesystem::path path, std::unique_ptr<Connection> connection);

  std::filesystem::path path_;
  JournalMode journal_mode_ = JournalMode::truncate;
  std::unique_ptr<Patience> patience_;  // outlives the connection, which points to it
  std::unique_ptr<Connection> connection_;
};

}  // namespace radsweep::db
