// The files of a task, and when an attempt is given up.
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "base/durable_file.h"
#include "orchestrator/slurm/element.h"
#include "tests/support/temp_dir.h"
#include "worker/attempt/alive_lock.h"
#include "worker/attempt/attempt_files.h"
#include "worker/attempt/beat.h"

#include <doctest/doctest.h>

using namespace radsweep;
using namespace radsweep::orchestrator::slurm;

namespace {

constexpr std::int64_t kNow_ms = 4'000'000'000'000;  // later than any file of the test

attempt::ProcessIdentity dead_process_here() {
  attempt::ProcessIdentity dead = attempt::this_process();
  dead.start_ticks += 1;  // another one that had our number
  return dead;
}

ElementRecord record_of(const attempt::ProcessIdentity& task) {
  return {"uuid", 3, "12_3", "n1", 2, 5, task};
}

void beat_at(const std::filesystem::path& folder, std::int64_t time_ms) {
  attempt::Beat beat;
  beat.time_ms = time_ms;
  attempt::write_beat(folder, beat);
}

}  // namespace

TEST_CASE("a record and an exit come back as they were written") {
  test::TempDir dir;
  CHECK_FALSE(read_record(dir.path()));
  CHECK_FALSE(read_exit(dir.path()));
  write_record(dir.path(), record_of(attempt::this_process()));
  const auto record = read_record(dir.path());
  REQUIRE(record);
  CHECK(record->submission == "uuid");
  CHECK(record->index == 3);
  CHECK(record->job == "12_3");
  CHECK(record->node == "n1");
  CHECK(record->restarts == 2);
  CHECK(record->task == attempt::this_process());
  write_exit(dir.path(), {.exit_code = 75});
  CHECK(read_exit(dir.path())->exit_code == 75);
  CHECK_FALSE(read_exit(dir.path())->term_signal);
  replace_file(dir / attempt::kExitFile, "{\"exit_code\": ");
  CHECK_FALSE(read_exit(dir.path()));
}

TEST_CASE("an attempt whose lock is held is not given up, however old its beat") {
  test::TempDir dir;
  write_record(dir.path(), record_of(dead_process_here()));
  beat_at(dir.path(), 0);
  const auto lock = attempt::AliveLock::take(dir.path());
  CHECK_FALSE(is_surely_gone(dir.path(), kNow_ms));
}

TEST_CASE("an attempt whose process was here and is gone is given up at once") {
  test::TempDir dir;
  beat_at(dir.path(), kNow_ms);
  write_record(dir.path(), record_of(dead_process_here()));
  CHECK(is_surely_gone(dir.path(), kNow_ms));
}

TEST_CASE(
    "an attempt on another machine is given up when its beat is old, whatever its lock says") {
  test::TempDir dir;
  attempt::ProcessIdentity elsewhere = attempt::this_process();
  elsewhere.host += "-other";
  write_record(dir.path(), record_of(elsewhere));
  beat_at(dir.path(), kNow_ms - 1000);
  CHECK_FALSE(is_surely_gone(dir.path(), kNow_ms));
  beat_at(dir.path(), kNow_ms - static_cast<std::int64_t>(kStaleBeat_s * 1000) - 1000);
  CHECK(is_surely_gone(dir.path(), kNow_ms));
}

TEST_CASE("an attempt that has just a folder is given as much time as one that beats") {
  test::TempDir dir;
  const std::int64_t real_now_ms = [] {
    attempt::Beat now;
    return static_cast<std::int64_t>(::time(nullptr)) * 1000;
  }();
  CHECK_FALSE(is_surely_gone(dir.path(), real_now_ms));
  CHECK(
      is_surely_gone(dir.path(), real_now_ms + 2 * static_cast<std::int64_t>(kStaleBeat_s * 1000)));
}
