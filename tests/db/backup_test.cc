#include "db/backup.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>

#include "tests/base/file_size_limit.h"
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
namespace fs = std::filesystem;

namespace {

std::string names_in_backup(const QueueFixture& f) {
  Database copy = Database::open_for_reading(backup_of(f.dir / "sweep.db"));
  return names_in(copy);
}

// Zeros in the middle, so that not even the schema can be read.
void damage(const fs::path& path) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(200);
  file << std::string(8000, '\0');
}

// What a person copies from the message into a shell.
std::string command_in(const std::string& message) {
  const std::size_t at = message.find("mkdir -p");
  REQUIRE(at != std::string::npos);
  return message.substr(at);
}

}  // namespace

TEST_CASE("a backup holds what is committed, also while another program reads and writes go on") {
  QueueFixture f;
  add_run(f.database, "a");
  auto reader = other_program(f.dir / "sweep.db");
  reader.exec("BEGIN; SELECT * FROM run");
  f.database.back_up();
  add_run(f.database, "b");
  CHECK(names_in_backup(f) == "a");
  f.database.back_up();
  CHECK(names_in_backup(f) == "a,b");
  CHECK_FALSE(fs::exists(f.dir / "sweep.db.backup.unfinished"));
}

TEST_CASE(
    "a backup that the disk has no room for leaves the earlier one and the database as they are") {
  QueueFixture f;
  add_run(f.database, "a");
  f.database.back_up();
  {
    const test::FileSizeLimit full(20'000);
    CHECK_THROWS_AS(f.database.back_up(), Error);
  }
  // It would keep the room that everything else waits for.
  CHECK_FALSE(fs::exists(f.dir / "sweep.db.backup.unfinished"));
  CHECK_FALSE(fs::exists(f.dir / "sweep.db.backup.unfinished-journal"));
  CHECK(names_in_backup(f) == "a");
  add_run(f.database, "b");
  f.database.back_up();
  CHECK(names_in_backup(f) == "a,b");
}

TEST_CASE("what a crash left of a backup is removed by the next writer") {
  test::TempDir dir;
  { auto database = Database::open_for_writing(dir / "sweep.db"); }
  std::ofstream(dir / "sweep.db.backup.unfinished") << "half a copy";
  std::ofstream(dir / "sweep.db.backup.unfinished-journal") << "its journal";
  auto database = Database::open_for_writing(dir / "sweep.db");
  CHECK_FALSE(fs::exists(dir / "sweep.db.backup.unfinished"));
  CHECK_FALSE(fs::exists(dir / "sweep.db.backup.unfinished-journal"));
}

TEST_CASE("the command that is told for a damaged database restores its backup") {
  test::TempDir dir;
  const fs::path folder = dir / "it's a store";
  fs::create_directory(folder);
  const fs::path path = folder / "sweep.db";
  {
    auto database = Database::open_for_writing(path);
    add_run(database, "a");
    database.back_up();
    add_run(database, "b");
  }
  SUBCASE("its pages are zeros, and a log of the damaged file lies beside it") {
    damage(path);
    std::ofstream(path.string() + "-wal") << "of the damaged file";
  }
  SUBCASE("it is no database at all") {
    std::ofstream(path, std::ios::trunc) << "garbage, long enough to be looked at as a header";
  }
  SUBCASE("it is empty") {
    std::ofstream(path, std::ios::trunc).flush();
  }
  SUBCASE("it is gone") {
    fs::remove(path);
  }
  const std::string text = refusal([&] { Database::open_for_writing(path); });
  CHECK(says(text, "restore the backup of 20"));
  REQUIRE(std::system(command_in(text).c_str()) == 0);
  auto database = Database::open_for_writing(path);
  CHECK(names_in(database) == "a");
  CHECK(fs::exists(folder / "sweep.db.backup"));
}

TEST_CASE("without a backup a damaged database is kept and what can be read may be saved") {
  test::TempDir dir;
  std::ofstream(dir / "sweep.db") << "garbage, long enough to be looked at as a header";
  CHECK(says(refusal([&] { Database::open_for_writing(dir / "sweep.db"); }), ".recover"));
}
