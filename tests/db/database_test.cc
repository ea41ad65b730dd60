#include "db/database.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "base/durable_file.h"
#include "base/error.h"
#include "db/migration.h"
#include "tests/db/other_programs.h"
#include "tests/db/queue_fixture.h"

using namespace radsweep;
using namespace radsweep::db;
using test::add_run;
using test::names_in;
using test::other_program;
using test::QueueFixture;
using test::refusal;
using test::says;

namespace {

std::string refusal_to_write(const std::filesystem::path& path) {
  return refusal([&] { Database::open_for_writing(path); });
}
std::string refusal_to_read(const std::filesystem::path& path) {
  return refusal([&] { Database::open_for_reading(path); });
}

}  // namespace

TEST_CASE("a new database is ours, safe against power cuts and lets readers in") {
  test::TempDir dir;
  auto database = Database::open_for_writing(dir / "sweep.db", JournalMode::wal);
  CHECK(database.journal_mode() == JournalMode::wal);
  const auto number = [&](const char* sql) {
    return database.connection().execAndGet(sql).getInt();
  };
  CHECK(number("PRAGMA application_id") == kApplicationId);
  CHECK(number("PRAGMA user_version") == migrations().back().version);
  CHECK(number("PRAGMA synchronous") == 2);
  CHECK(number("PRAGMA foreign_keys") == 1);
  CHECK(number("PRAGMA trusted_schema") == 0);
}

TEST_CASE("a database keeps its rows when it is opened again, in either journal mode") {
  test::TempDir dir;
  for (const auto mode : {JournalMode::wal, JournalMode::truncate, JournalMode::wal}) {
    auto database = Database::open_for_writing(dir / "sweep.db", mode);
    CHECK(database.journal_mode() == mode);
    add_run(database, "a");
  }
  auto reader = Database::open_for_reading(dir / "sweep.db");
  CHECK(names_in(reader) == "a");
}

TEST_CASE("an empty file, left by a crash at creation, becomes a database") {
  test::TempDir dir;
  std::ofstream(dir / "sweep.db").close();
  CHECK(says(refusal_to_read(dir / "sweep.db"), "empty"));
  auto database = Database::open_for_writing(dir / "sweep.db");
  CHECK(names_in(database) == "NULL");
}

TEST_CASE("a database of another program is refused and left as it is") {
  test::TempDir dir;
  const auto path = dir / "sweep.db";
  SUBCASE("with tables") {
    other_program(path).exec("CREATE TABLE theirs (x)");
  }
  SUBCASE("with an application id") {
    other_program(path).exec("PRAGMA application_id = 7");
  }
  SUBCASE("with a version") {
    other_program(path).exec("PRAGMA user_version = 1");
  }
  const std::string before = read_file(path);
  CHECK(says(refusal_to_write(path), "not written by radsweep"));
  CHECK(says(refusal_to_read(path), "not written by radsweep"));
  CHECK(read_file(path) == before);
}

TEST_CASE("a file that is no database is refused and left as it is") {
  test::TempDir dir;
  const std::string text(5000, 'x');
  std::ofstream(dir / "sweep.db") << text;
  CHECK(says(refusal_to_write(dir / "sweep.db"), "not a database"));
  CHECK(says(refusal_to_read(dir / "sweep.db"), "not a database"));
  CHECK(read_file(dir / "sweep.db") == text);
}

TEST_CASE("a database of a newer version is refused") {
  test::TempDir dir;
  { Database::open_for_writing(dir / "sweep.db"); }
  other_program(dir / "sweep.db").exec("PRAGMA user_version = 99");
  CHECK(says(refusal_to_write(dir / "sweep.db"), "version 99"));
  CHECK(says(refusal_to_read(dir / "sweep.db"), "version 99"));
}

TEST_CASE("a damaged database is refused for writing") {
  test::TempDir dir;
  const auto path = dir / "sweep.db";
  {
    auto database = Database::open_for_writing(path, JournalMode::truncate);
    add_run(database, "a");
  }
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(2 * 4096);  // third page: past the header and the schema's root
  file << std::string(40000, '\x5a');
  file.close();
  CHECK(says(refusal_to_write(path), "try: there is no backup; keep the file"));
}

TEST_CASE("a missing database cannot be read, one in a missing folder not be made") {
  test::TempDir dir;
  CHECK(says(refusal_to_read(dir / "sweep.db"), "does not exist"));
  CHECK_FALSE(std::filesystem::exists(dir / "sweep.db"));
  CHECK(says(refusal_to_write(dir / "missing" / "sweep.db"), "missing"));
}

TEST_CASE("a reader works while a write transaction is open and sees what is committed") {
  test::TempDir dir;
  JournalMode mode = JournalMode::wal;
  SUBCASE("wal") {
    mode = JournalMode::wal;
  }
  SUBCASE("truncate") {
    mode = JournalMode::truncate;
  }
  auto writer = Database::open_for_writing(dir / "sweep.db", mode);
  add_run(writer, "a");
  auto reader = Database::open_for_reading(dir / "sweep.db");
  CHECK(reader.journal_mode() == mode);
  writer.transaction([&] {
    writer.connection().exec("UPDATE run SET name = 'b'");
    CHECK(names_in(reader) == "a");
    auto late_reader = Database::open_for_reading(dir / "sweep.db");
    CHECK(names_in(late_reader) == "a");
  });
  CHECK(names_in(reader) == "b");
}

TEST_CASE("a reader cannot write") {
  test::TempDir dir;
  auto writer = Database::open_for_writing(dir / "sweep.db");
  auto reader = Database::open_for_reading(dir / "sweep.db");
  CHECK_THROWS_AS(add_run(reader, "a"), Error);
  CHECK(names_in(reader) == "NULL");
}

TEST_CASE("a reader takes in the log of a killed writer and never checkpoints it") {
  QueueFixture killed;
  add_run(killed.database, "a");
  test::TempDir dir;  // what a power cut would leave: the file and its log, no shared memory
  std::filesystem::copy(killed.dir / "sweep.db", dir / "sweep.db");
  std::filesystem::copy(killed.dir / "sweep.db-wal", dir / "sweep.db-wal");
  const std::string log = read_file(dir / "sweep.db-wal");
  {
    auto reader = Database::open_for_reading(dir / "sweep.db");
    CHECK(names_in(reader) == "a");
  }
  CHECK(read_file(dir / "sweep.db-wal") == log);
  auto writer = Database::open_for_writing(dir / "sweep.db");
  CHECK(names_in(writer) == "a");
}

TEST_CASE("a reader rolls back what a killed writer left half written") {
  test::TempDir dir;
  auto writer = Database::open_for_writing(dir / "sweep.db", JournalMode::truncate);
  add_run(writer, "a");
  test::TempDir killed;
  writer.connection().exec("PRAGMA cache_size = 1");  // pages reach the file before the commit
  writer.transaction([&] {
    writer.connection().exec(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)"
        " INSERT INTO event (at_ms, kind) SELECT i, 'half' FROM n");
    std::filesystem::copy(dir / "sweep.db", killed / "sweep.db");
    std::filesystem::copy(dir / "sweep.db-journal", killed / "sweep.db-journal");
  });
  auto reader = Database::open_for_reading(killed / "sweep.db");
  CHECK(names_in(reader) == "a");
  CHECK(QueueFixture::value_in(reader, "SELECT count(*) FROM event WHERE kind = 'half'") == "0");
  CHECK_THROWS_AS(add_run(reader, "b"), Error);
}

TEST_CASE("a closed database can be read where nothing can be written beside it") {
  test::TempDir dir;
  const auto path = dir / "a store #1?" / "sweep.db";
  std::filesystem::create_directory(path.parent_path());
  {
    auto writer = Database::open_for_writing(path, JournalMode::wal);
    add_run(writer, "a");
  }
  // root may write anywhere, so the place of the shared memory file is taken instead
  std::filesystem::create_directory(path.string() + "-shm");
  auto reader = Database::open_for_reading(path);
  CHECK(names_in(reader) == "a");
}

TEST_CASE("an unprivileged user reads a closed database but may not write it") {
  test::TempDir dir;
  const auto path = dir / "sweep.db";
  {
    auto writer = Database::open_for_writing(path, JournalMode::wal);
    add_run(writer, "a");
  }
  const auto permit = [](const std::filesystem::path& name, unsigned mode) {
    std::filesystem::permissions(name, std::filesystem::perms{mode});
  };
  permit(path, 0444);
  permit(dir.path(), 0555);
  const pid_t child = ::fork();
  if (child == 0) {  // root may do everything: become nobody
    if (::geteuid() == 0 && ::setuid(65534) != 0) ::_exit(3);
    try {
      auto reader = Database::open_for_reading(path);
      if (names_in(reader) != "a") ::_exit(1);
      Database::open_for_writing(path);
    } catch (const Error& error) {
      ::_exit(std::string(error.what()).find("write-protected") != std::string::npos ? 0 : 2);
    } catch (...) {
      ::_exit(5);
    }
    ::_exit(4);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  permit(dir.path(), 0700);
}

TEST_CASE("a transaction that throws leaves nothing behind") {
  QueueFixture f;
  CHECK_THROWS_WITH_AS(f.database.transaction([&] {
    f.database.connection().exec("INSERT INTO event (at_ms, kind) VALUES (1, 'x')");
    throw Error(ExitCode::usage, "go on", "here", "no reason");
  }),
                       doctest::Contains("no reason"), Error);
  CHECK(f.value("SELECT count(*) FROM event") == "0");
  f.queue.record_event("y", "");  // and the next one works
  CHECK(f.value("SELECT kind FROM event") == "y");
}

TEST_CASE("a transaction within another is undone with it") {
  QueueFixture f;
  const auto record = [&](const char* kind) { f.queue.record_event(kind, ""); };
  CHECK_THROWS_AS(f.database.transaction([&] {
    f.database.transaction([&] { record("inner"); });
    throw Error(ExitCode::usage, "go on", "here", "no reason");
  }),
                  Error);
  CHECK(f.value("SELECT count(*) FROM event") == "0");
  f.database.transaction([&] { f.database.transaction([&] { record("both"); }); });
  CHECK(f.value("SELECT kind FROM event") == "both");
}

TEST_CASE("a transaction within another that throws is undone alone") {
  QueueFixture f;
  f.database.transaction([&] {
    f.queue.record_event("before", "");
    try {
      f.database.transaction([&] {
        f.queue.record_event("undone", "");
        f.database.connection().exec("INSERT INTO event (at_ms, kind) VALUES ('no time', 'x')");
      });
    } catch (const Error& refused) {
      CHECK(refused.code() == ExitCode::internal);
    }
    f.queue.record_event("after", "");
  });
  CHECK(f.value("SELECT group_concat(kind) FROM event") == "before,after");
}

TEST_CASE("a broken constraint is reported as a bug of ours") {
  QueueFixture f;
  try {
    f.database.transaction(
        [&] { f.database.connection().exec("INSERT INTO event (at_ms) VALUES (1)"); });
    FAIL("it was accepted");
  } catch (const Error& error) {
    CHECK(error.code() == ExitCode::internal);
    CHECK(says(error.what(), "NOT NULL"));
  }
}
