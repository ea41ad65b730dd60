#include "tests/process/storm/aim.h"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "base/durable_file.h"
#include "tests/process/crash_points.h"

namespace radsweep::test {
namespace fs = std::filesystem;
namespace {

std::string target_name(Aim::Target target) {
  if (target == Aim::Target::orchestrator) return "orchestrator";
  return target == Aim::Target::worker ? "worker" : "data preparation";
}

// Nobody dies any more; false when somebody has died.
bool call_off(const fs::path& mark) {
  const int fd = ::open(mark.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (fd >= 0) ::close(fd);
  return fd >= 0;
}

}  // namespace

const std::vector<Aim>& aims() {
  using enum Aim::Target;
  static const std::vector<Aim> all{
      {"between claim and spawn", orchestrator, "*/spec.json*", "", 3},
      {"at the spawn of a worker", orchestrator, "*", "spawn", 2},
      {"between sealing and ingest", orchestrator, "*/result.json", "open", 3},
      {"during ingest or another commit", orchestrator, "*/sweep.db*", "", 120},
      {"during a checkpoint", worker, "*.ckpt*", "", 12},
      {"during sealing", worker, "*/result.json*", "", 3},
      {"while it tells of an epoch", worker, "*/events.jsonl", "", 6},
      {"at any write", worker, "*/runs/tiny/*", "", 60},
  };
  return all;
}

const std::vector<Aim>& first_aims() {
  using enum Aim::Target;
  static const std::vector<Aim> all{
      {"during migration", orchestrator, "*/sweep.db*", "", 25},
      {"while data is made", preparation, "*/.data/*", "", 8},
      {"during cache preparation", preparation, "*/.cache/*", "", 6},
  };
  return all;
}

void strike(StormySweep& sweep, const Aim& aim) {
  static int marks = 0;
  const bool at_orchestrator = aim.target == Aim::Target::orchestrator;
  const fs::path mark = sweep.sandbox.folder() / ("mark-" + std::to_string(++marks));
  const int most = sweep.dice.one_in(2) ? aim.most : std::min(aim.most, 3);
  const std::string how = sweep.dice.pick<std::string>({"before", "torn", "after"});
  std::string words = "path=" + aim.path + " at=" + std::to_string(sweep.dice.from_to(1, most)) +
                      " how=" + how + " mark=" + mark.string();
  if (!aim.calls.empty()) words += " calls=" + aim.calls;

  sweep.slay_orchestrator();
  if (sweep.complete()) return;
  const std::string program = at_orchestrator ? "radsweep" : sweep.climate.worker_name();
  Process& radsweep = sweep.need_orchestrator(dying(program, words));
  eventually([&] { return fs::exists(mark) || radsweep.wait(0).has_value(); }, sweep.climate.aim_s);
  if (call_off(mark)) return sweep.tally.did("aim missed", aim.point);
  sweep.tally.killed(target_name(aim.target), aim.point);
  sweep.say(target_name(aim.target) + " dies " + aim.point + ", " + how + " " + read_file(mark));
  if (at_orchestrator) sweep.expect_end({-SIGKILL});
  if (aim.target == Aim::Target::preparation) sweep.expect_end({4});
}

}  // namespace radsweep::test
