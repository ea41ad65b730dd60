// The power goes while a sweep runs; the same command completes it.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "tests/power/recorded_program.h"
#include "tests/process/sandbox.h"
#include "worker/attempt/attempt_files.h"
#include "worker/attempt/events.h"
#include "worker/attempt/result.h"

using namespace radsweep;
namespace fs = std::filesystem;
using test::Unsynced;

namespace {

constexpr int kRuns = 4;

std::vector<test::DiskStep> record_sweep(test::Sandbox& sandbox, const fs::path& log) {
  const test::Recording recording(sandbox.folder(), log);
  REQUIRE(sandbox.run() == 0);
  return test::read_disk_log(log);
}

// The disk after the power loss, as the folder of another sandbox.
void put_disk(const std::vector<test::DiskStep>& log, std::size_t steps, Unsynced unsynced,
              const test::Sandbox& sandbox) {
  const fs::path disk = sandbox.folder() / "disk";
  test::build_disk_image(log, steps, unsynced, steps, disk);
  if (fs::exists(disk / "runs")) fs::rename(disk / "runs", sandbox.folder() / "runs");
}

std::set<std::string> done(const test::Sandbox& sandbox) {
  const auto names = sandbox.ask("SELECT run_id FROM runs WHERE state = 'done'");
  return {names.begin(), names.end()};
}

// The runs whose commit had returned: those that the database shows when it was synced last.
std::set<std::string> acknowledged(const std::vector<test::DiskStep>& log, std::size_t steps) {
  while (steps > 0 && !(log[steps - 1].record.op == test::DiskOp::sync_file &&
                        log[steps - 1].name.starts_with("runs/tiny/sweep.db"))) {
    --steps;
  }
  const test::Sandbox seen(kRuns);
  put_disk(log, steps, Unsynced::written, seen);
  try {
    return done(seen);
  } catch (const Error&) {
    return {};  // no schema yet; whether a database can be used shows when the sweep goes on
  }
}

// The runs whose worker had sealed a result: its name was in a synced folder.
std::set<std::string> sealed(const std::vector<test::DiskStep>& log, std::size_t steps) {
  std::set<std::string> named, runs;
  for (std::size_t i = 0; i < steps; ++i) {
    const fs::path target = log[i].data;
    if (log[i].record.op == test::DiskOp::rename && target.filename() == attempt::kResultFile) {
      named.insert(target.parent_path().string());
    }
    if (log[i].record.op == test::DiskOp::sync_folder && named.count(log[i].name)) {
      runs.insert(fs::path(log[i].name).parent_path().filename().string());
    }
  }
  return runs;
}

void check_attempts(const fs::path& store) {
  if (!fs::exists(store)) return;
  for (const auto& entry : fs::recursive_directory_iterator(store)) {
    if (!entry.is_directory()) continue;
    CHECK_NOTHROW(attempt::read_result(entry.path()));
    CHECK_NOTHROW(attempt::read_events(entry.path(), 0));
  }
}

}  // namespace

TEST_CASE("a power loss in the middle of a sweep loses no finished run and changes no number") {
  test::TempDir dir;
  test::Sandbox calm(kRuns);
  const auto log = record_sweep(calm, dir / "log");
  REQUIRE(log.size() > 200);
  const auto numbers = calm.numbers();

  constexpr std::size_t kPoints = 16;
  std::size_t finished_before = 0;
  for (std::size_t point = 0; point < kPoints; ++point) {
    const std::size_t steps = log.size() * (2 * point + 1) / (2 * kPoints);
    CAPTURE(steps);
    auto promised = acknowledged(log, steps);
    finished_before += promised.size();
    promised.merge(sealed(log, steps));
    test::Sandbox sandbox(kRuns);
    put_disk(log, steps, point % 4 == 0 ? Unsynced::lost : Unsynced::drawn, sandbox);
    check_attempts(sandbox.store());
    if (!promised.empty()) REQUIRE(fs::exists(sandbox.store() / "sweep.db"));
    const auto code = sandbox.run();
    CHECK(code == 0);
    for (const std::string& run : promised) {
      CHECK(sandbox.ask_one("SELECT attempts FROM runs WHERE run_id = '" + run + "'") == "1");
    }
    CHECK(sandbox.numbers() == numbers);
    CHECK(sandbox.ask_one("PRAGMA integrity_check") == "ok");
    CHECK(sandbox.ask("SELECT 1 FROM attempt WHERE ended_ms IS NULL").empty());
  }
  CHECK(finished_before > 0);
}
