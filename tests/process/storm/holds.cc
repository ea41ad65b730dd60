#include "tests/process/storm/holds.h"

#include <SQLiteCpp/Database.h>
#include <poll.h>

#include <csignal>
#include <filesystem>

namespace radsweep::test {
namespace fs = std::filesystem;
namespace {

// Another program that writes to the sweep's database; nullptr when there is none to lock.
std::unique_ptr<SQLite::Database> lock_of(const StormySweep& sweep) {
  const fs::path path = sweep.sandbox.store() / "sweep.db";
  if (!fs::exists(path) || fs::file_size(path) == 0) return nullptr;
  auto other = std::make_unique<SQLite::Database>(path.string(), SQLite::OPEN_READWRITE, 5000);
  if (other->tryExec("BEGIN IMMEDIATE") != 0) return nullptr;
  return other;
}

}  // namespace

void hold_worker(StormySweep& sweep) {
  sweep.need_orchestrator();
  sweep.pause();
  const std::vector<int> workers = sweep.workers();
  if (workers.empty()) return;
  const int pid = sweep.dice.pick(workers);
  ::kill(pid, SIGSTOP);
  ::poll(nullptr, 0, sweep.dice.from_to(50, 8 * sweep.climate.longest_pause_ms));
  if (sweep.dice.one_in(3)) sweep.slay_orchestrator("while a worker is held");
  ::kill(pid, SIGCONT);
  sweep.tally.did("hold", "worker, SIGSTOP then SIGCONT");
}

// Held still, it owns its store all the same.
void hold_orchestrator(StormySweep& sweep) {
  Process& radsweep = sweep.need_orchestrator();
  sweep.pause();
  sweep.wait_until_owned();
  if (!sweep.orchestrator()) return;
  radsweep.signal(SIGSTOP);
  if (!sweep.owns_store()) return radsweep.signal(SIGCONT);
  const std::vector<int> workers = sweep.workers();
  if (!workers.empty() && sweep.dice.one_in(2)) {
    sweep.slay(sweep.dice.pick(workers), "worker", "while its orchestrator is held");
  }
  ::poll(nullptr, 0, sweep.dice.from_to(50, 8 * sweep.climate.longest_pause_ms));
  const auto second = sweep.another_orchestrator();
  if (second->wait() != 5) {
    sweep.violations.push_back("a second orchestrator is let in beside one that is held still:\n" +
                               second->errors());
  }
  radsweep.signal(SIGCONT);
  sweep.tally.did("hold", "orchestrator, SIGSTOP then SIGCONT");
}

// Its attempt is given up as lost while it lives, held still, and continues when its replacement
// has finished. On one host its lock forbids that; so a twin plays a worker on another host.
void outlive(StormySweep& sweep) {
  sweep.need_orchestrator();
  sweep.pause();
  const std::vector<int> workers = sweep.workers();
  if (workers.empty()) return;
  const int pid = sweep.dice.pick(workers);
  const fs::path folder = variable_of(pid, "RADSWEEP_ATTEMPT");
  sweep.slay_orchestrator("before its worker is given up");
  sweep.slay(pid, "worker", "that a twin replaces");
  if (folder.empty() || !eventually([&] { return !is_alive(pid); }, 5)) return;
  fs::remove(folder / "alive.lock");
  auto twin = std::make_unique<Process>(
      sweep.climate.worker, std::vector<std::string>{"train", folder.string()},
      sweep.sandbox.folder(), "twin-" + std::to_string(pid),
      Environment{{"RADSWEEP_SANDBOX", sweep.sandbox.folder().string()},
                  {"RADSWEEP_FAKE", sweep.climate.fake},
                  {"OMP_NUM_THREADS", "1"}});
  eventually([&] { return fs::exists(folder / "alive.lock") || twin->wait(0); });
  ::poll(nullptr, 0, sweep.dice.from_to(0, sweep.climate.longest_pause_ms));
  twin->signal(SIGSTOP);
  fs::remove(folder / "alive.lock");
  sweep.outlive(std::move(twin));
  sweep.tally.did("hold", "worker, SIGCONT after its replacement finished");
}

void lock_database(StormySweep& sweep) {
  sweep.need_orchestrator();
  sweep.pause();
  const auto other = lock_of(sweep);
  if (!other) return;
  const int half = sweep.dice.from_to(20, 4 * sweep.climate.longest_pause_ms);
  ::poll(nullptr, 0, half);
  if (sweep.dice.one_in(2)) sweep.slay_orchestrator("while its database is locked");
  ::poll(nullptr, 0, half);
  other->exec("ROLLBACK");
  sweep.tally.did("lock", "database, by another program");
}

void set_clock(StormySweep& sweep) {
  sweep.need_orchestrator();
  sweep.shift_clock(sweep.dice.pick<int>({-3600, 0, 3600}));
  sweep.pause();
  sweep.tally.did("clock", "set to another hour");
}

void only_clock_jumps(StormySweep& sweep) {
  sweep.need_orchestrator();
  while (sweep.orchestrator()) set_clock(sweep);
}

void only_a_long_lock(StormySweep& sweep, double seconds) {
  sweep.need_orchestrator();
  eventually([&] { return !sweep.workers().empty(); });
  const auto other = lock_of(sweep);
  if (!other) return sweep.violations.push_back("the database could not be locked");
  ::poll(nullptr, 0, static_cast<int>(seconds * 1000));
  if (!sweep.orchestrator())
    sweep.violations.push_back("an orchestrator ends at a locked database");
  other->exec("ROLLBACK");
  sweep.expect_end({0});
  sweep.tally.did("lock",
                  "database, " + std::to_string(static_cast<int>(seconds)) + " s at a time");
}

}  // namespace radsweep::test
