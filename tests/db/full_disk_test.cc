// A disk without room for a transaction.
#include <doctest/doctest.h>

#include <memory>

#include "tests/base/file_size_limit.h"
#include "tests/db/other_programs.h"
#include "tests/db/queue_fixture.h"

using namespace radsweep;
using namespace radsweep::db;
using namespace std::chrono_literals;
using test::names_in;
using test::new_run;
using test::QueueFixture;
using test::refusal;
using test::says;

namespace {

std::vector<NewRun> many_runs() {
  std::vector<NewRun> runs;
  for (int i = 0; i < 500; ++i) runs.push_back(new_run("run-" + std::to_string(i)));
  return runs;
}

}  // namespace

TEST_CASE("a transaction waits until the disk has room, then is stored once") {
  JournalMode mode = JournalMode::wal;
  SUBCASE("wal") {}
  SUBCASE("truncate") {
    mode = JournalMode::truncate;
  }
  test::TempDir dir;
  auto database = Database::open_for_writing(dir / "sweep.db", mode);
  RunQueue queue(database, [] { return 1; });
  auto full = std::make_unique<test::FileSizeLimit>(150'000);
  int asked = 0;
  database.on_hindrance(
      [&](Hindrance hindrance) {
        CHECK(hindrance == Hindrance::full);
        if (++asked == 3) full.reset();
        return true;
      },
      1ms);
  const auto report = queue.set_runs(test::sweep_row(), many_runs());
  CHECK(asked == 3);
  CHECK(report.added.size() == 500);
  CHECK(QueueFixture::value_in(database, "SELECT count(*) FROM run") == "500");
  CHECK(QueueFixture::value_in(database, "SELECT count(*) FROM event WHERE kind = 'added'") ==
        "500");
  CHECK(QueueFixture::value_in(database, "PRAGMA integrity_check") == "ok");
}

TEST_CASE("a transaction without room fails at once when nobody waits, and changes nothing") {
  QueueFixture f;
  {
    const test::FileSizeLimit full(150'000);
    CHECK(says(refusal([&] { f.queue.set_runs(test::sweep_row(), many_runs()); }), "disk"));
  }
  CHECK(f.value("SELECT count(*) FROM run") == "0");
  CHECK(f.value("PRAGMA integrity_check") == "ok");
  f.queue.set_runs(test::sweep_row(), many_runs());
  CHECK(f.value("SELECT count(*) FROM run") == "500");
}

TEST_CASE("an idle database is read on a disk that has no room for its index") {
  test::TempDir dir;
  {
    auto database = Database::open_for_writing(dir / "sweep.db");
    RunQueue queue(database, [] { return 1; });
    queue.set_runs(test::sweep_row(), {new_run("a")});
  }
  REQUIRE_FALSE(std::filesystem::exists(dir / "sweep.db-shm"));
  const test::FileSizeLimit full(1000);
  auto database = Database::open_for_reading(dir / "sweep.db");
  CHECK(names_in(database) == "a");
}
