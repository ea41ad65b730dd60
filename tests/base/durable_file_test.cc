#include "base/durable_file.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>
#include <string>

#include "base/error.h"
#include "tests/base/file_size_limit.h"
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

TEST_CASE("a process's file whose process ended after it was opened does not exist") {
  const pid_t child = ::fork();
  if (child == 0) {
    for (;;) ::pause();
  }
  REQUIRE(child > 0);
  const int stat = ::open(("/proc/" + std::to_string(child) + "/stat").c_str(), O_RDONLY);
  REQUIRE(stat >= 0);
  const fs::path again = "/proc/self/fd/" + std::to_string(stat);
  CHECK(read_file_if_exists(again));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  CHECK_FALSE(read_file_if_exists(again));
  ::close(stat);
}

TEST_CASE("create_folders makes every folder that is missing and leaves those that are there") {
  test::TempDir dir;
  create_folders(dir / "a/b/c/");
  CHECK(std::filesystem::is_directory(dir / "a/b/c"));
  replace_file(dir / "a/b/file", "text");
  CHECK_NOTHROW(create_folders(dir / "a/b"));
  CHECK_THROWS_WITH_AS(create_folders(dir / "a/b/file"), doctest::Contains("a/b/file"), Error);
  CHECK_THROWS_WITH_AS(create_folders(dir / "a/b/file/d"), doctest::Contains("a/b/file"), Error);
  CHECK(read_file(dir / "a/b/file") == "text");
}

TEST_CASE("AppendFile adds to what is there") {
  test::TempDir dir;
  AppendFile(dir / "log").append("one\n", Durability::synced);
  AppendFile(dir / "log").append("two\n", Durability::atomic_only);
  CHECK(read_file(dir / "log") == "one\ntwo\n");
}

TEST_CASE("an append that fails half way leaves the file as it was, and the next one is whole") {
  test::TempDir dir;
  AppendFile file(dir / "log");
  file.append("one\n", Durability::synced);
  {
    const test::FileSizeLimit full(8);
    CHECK_THROWS_WITH_AS(file.append("longer than that\n", Durability::synced),
                         doctest::Contains("write"), Error);
  }
  CHECK(read_file(dir / "log") == "one\n");
  file.append("two\n", Durability::synced);
  CHECK(read_file(dir / "log") == "one\ntwo\n");
}

TEST_CASE("AppendFile ends a line that was torn before it writes its own") {
  test::TempDir dir;
  replace_file(dir / "log", "one\nhalf of tw");
  AppendFile file(dir / "log");
  file.append("three\n", Durability::synced);
  file.append("four\n", Durability::synced);
  CHECK(read_file(dir / "log") == "one\nhalf of tw\nthree\nfour\n");
}

TEST_CASE("write_file leaves the whole content or, when the disk refuses it, no file") {
  test::TempDir dir;
  const auto write = [](const ByteSink& sink) {
    sink("some");
    sink("thing");
  };
  write_file(dir / "a", write);
  CHECK(read_file(dir / "a") == "something");
  const test::FileSizeLimit full(6);
  CHECK_THROWS_WITH_AS(write_file(dir / "a", write), doctest::Contains("write"), Error);
  CHECK_FALSE(fs::exists(dir / "a"));
}
