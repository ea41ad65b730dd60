#include "base/durable_file.h"

#include <doctest/doctest.h>

#include <stdexcept>

#include "base/error.h"
#include "tests/support/temp_dir.h"

using namespace radsweep;
namespace fs = std::filesystem;

TEST_CASE("replace_file replaces the whole content and leaves no temporary file") {
  test::TempDir dir;
  replace_file(dir / "a", "long old content");
  replace_file(dir / "a", "new");
  CHECK(read_file(dir / "a") == "new");
  CHECK(std::distance(fs::directory_iterator(dir.path()), fs::directory_iterator()) == 1);
}

TEST_CASE("replace_file keeps the old content when writing the new one fails") {
  test::TempDir dir;
  replace_file(dir / "a", "old");
  CHECK_THROWS(replace_file(dir / "a", [](const ByteSink& sink) {
    sink("half of the new");
    throw std::runtime_error("stop");
  }));
  CHECK(read_file(dir / "a") == "old");
  CHECK(std::distance(fs::directory_iterator(dir.path()), fs::directory_iterator()) == 1);
}

TEST_CASE("replace_file says which folder is missing") {
  test::TempDir dir;
  CHECK_THROWS_WITH_AS(replace_file(dir / "none/a", "x"), doctest::Contains("none/a"), Error);
}

TEST_CASE("read_file_if_exists tells a missing file from an empty one") {
  test::TempDir dir;
  CHECK_FALSE(read_file_if_exists(dir / "a"));
  replace_file(dir / "a", "");
  CHECK(read_file_if_exists(dir / "a") == "");
}

TEST_CASE("AppendFile adds to what is there") {
  test::TempDir dir;
  AppendFile(dir / "log").append("one\n", Durability::synced);
  AppendFile(dir / "log").append("two\n", Durability::atomic_only);
  CHECK(read_file(dir / "log") == "one\ntwo\n");
}
