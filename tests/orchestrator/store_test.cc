#include "orchestrator/store.h"

#include <fstream>

#include "base/error.h"
#include "orchestrator/store_lock.h"
#include "tests/support/temp_dir.h"

#include <doctest/doctest.h>

using namespace radsweep;
using namespace radsweep::orchestrator;
namespace fs = std::filesystem;

namespace {

// Works in a fresh folder for one test.
struct InFolder {
  test::TempDir folder;
  fs::path before = fs::current_path();
  InFolder() { fs::current_path(folder.path()); }
  ~InFolder() { fs::current_path(before); }
  void make_store(const fs::path& path, int age_s) const {
    fs::create_directories(path);
    std::ofstream(path / "sweep.yaml") << "";
    write_aged(path / "sweep.db", age_s);
  }
  static void write_aged(const fs::path& file, int age_s) {
    std::ofstream(file) << "";
    fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::seconds(age_s));
  }
};

}  // namespace

TEST_CASE("the store meant is the one named, by folder or name, otherwise the newest") {
  InFolder here;
  here.make_store("runs/old", 100);
  here.make_store("runs/new", 10);
  here.make_store("elsewhere/kept", 1);
  CHECK(find_store(std::nullopt).root() == "runs/new");
  CHECK(find_store("old").root() == "runs/old");
  CHECK(find_store("elsewhere/kept").root() == "elsewhere/kept");
}

TEST_CASE("a commit in the write-ahead log makes a store the newest") {
  InFolder here;
  here.make_store("runs/at-work", 100);
  here.make_store("runs/idle", 10);
  InFolder::write_aged("runs/at-work/sweep.db-wal", 1);
  CHECK(find_store(std::nullopt).root() == "runs/at-work");
}

TEST_CASE("a store without runs is not the newest, unless it is the only one or being worked on") {
  InFolder here;
  here.make_store("runs/bad", 1);
  fs::remove("runs/bad/sweep.yaml");
  CHECK(find_store(std::nullopt).root() == "runs/bad");
  here.make_store("runs/good", 100);
  CHECK(find_store(std::nullopt).root() == "runs/good");
  const StoreLock lock = StoreLock::take(Store("runs/bad"));
  CHECK(find_store(std::nullopt).root() == "runs/bad");
}

TEST_CASE("a store that is not there is an error naming those that are") {
  InFolder here;
  CHECK_THROWS_WITH_AS(find_store(std::nullopt), doctest::Contains("radsweep run"), Error);
  here.make_store("runs/chexpert", 1);
  CHECK_THROWS_WITH_AS(find_store("chexprt"), doctest::Contains("did you mean 'chexpert'"), Error);
  CHECK_THROWS_WITH_AS(find_store("runs/chexprt"), doctest::Contains("did you mean 'chexpert'"),
                       Error);
}

TEST_CASE("a store has one owner, who is named to others and forgotten when it leaves") {
  test::TempDir folder;
  const Store store(folder / "runs/x");
  CHECK_FALSE(probe_store_lock(store).owned);
  {
    const StoreLock lock = StoreLock::take(store);
    CHECK(probe_store_lock(store).owned);
    CHECK(probe_store_lock(store).process == attempt::this_process());
    CHECK_FALSE(StoreLock::try_take(store).has_value());
    try {
      StoreLock::take(store);
      FAIL("taken twice");
    } catch (const Error& error) {
      CHECK(error.code() == ExitCode::store_owned);
    }
  }
  CHECK_FALSE(probe_store_lock(store).owned);
  CHECK(StoreLock::try_take(store).has_value());
}
