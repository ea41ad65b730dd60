#include "tests/process/storm/disturbances.h"

#include <SQLiteCpp/Database.h>
#include <poll.h>

#include <csignal>
#include <filesystem>

#include "tests/process/storm/aim.h"

namespace radsweep::test {
namespace fs = std::filesystem;
namespace {

void kill_worker(StormySweep& sweep) {
  sweep.need_orchestrator();
  sweep.pause();
  const std::vector<int> workers = sweep.workers();
  if (!workers.empty()) sweep.slay(sweep.dice.pick(workers), "worker");
}

void kill_orchestrator(StormySweep& sweep) {
  sweep.need_orchestrator();
  sweep.pause();
  sweep.slay_orchestrator();
}

void kill_both(StormySweep& sweep) {
  sweep.need_orchestrator();
  sweep.pause();
  const std::vector<int> workers = sweep.workers();
  if (!workers.empty()) sweep.slay(sweep.dice.pick(workers), "worker", "with its orchestrator");
  sweep.slay_orchestrator("with a worker");
}

// As when the machine fails, all at once.
void kill_everything(StormySweep& sweep) {
  Process& radsweep = sweep.need_orchestrator();
  sweep.pause();
  const std::vector<int> all = sweep.sandbox.processes();
  for (int pid : all) {
    if (is_alive(pid)) sweep.tally.killed("everything", "whole process groups");
  }
  radsweep.signal_group(SIGKILL);
  for (int pid : all) ::kill(-pid, SIGKILL);  // workers and preparation lead groups of their own
  sweep.expect_end({-SIGKILL});
  if (!eventually([&] { return sweep.workers().empty(); }, 5)) {
    sweep.violations.push_back("a worker outlives kill -9 of its process group");
  }
}

void ask_to_stop(StormySweep& sweep, int signal, int times) {
  Process& radsweep = sweep.need_orchestrator();
  sweep.pause();
  for (int i = 0; i < times; ++i) {
    if (i > 0) ::poll(nullptr, 0, sweep.dice.from_to(0, 30));
    radsweep.signal(signal);
  }
  sweep.tally.did(
      "stop", (signal == SIGINT ? "SIGINT, times " : "SIGTERM, times ") + std::to_string(times));
  // -signal: it had not begun anything yet.
  sweep.expect_end({75, 130, -signal});
  if (!eventually([&] { return sweep.workers().empty(); }, 2)) {
    sweep.violations.push_back("a worker lives on after its sweep was asked to stop");
  }
}

void interrupt_once(StormySweep& sweep) {
  ask_to_stop(sweep, sweep.dice.one_in(2) ? SIGINT : SIGTERM, 1);
}
void interrupt_twice(StormySweep& sweep) {
  ask_to_stop(sweep, sweep.dice.one_in(2) ? SIGINT : SIGTERM, 2);
}
void interrupt_often(StormySweep& sweep) {
  ask_to_stop(sweep, sweep.dice.one_in(2) ? SIGINT : SIGTERM, sweep.dice.from_to(3, 8));
}

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
  if (!sweep.orchestrator() || sweep.workers().empty()) return;
  radsweep.signal(SIGSTOP);
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
  const fs::path path = sweep.sandbox.store() / "sweep.db";
  if (!fs::exists(path) || fs::file_size(path) == 0) return;
  SQLite::Database other(path.string(), SQLite::OPEN_READWRITE, 5000);
  if (other.tryExec("BEGIN IMMEDIATE") != 0) return;
  const int half = sweep.dice.from_to(20, 4 * sweep.climate.longest_pause_ms);
  ::poll(nullptr, 0, half);
  if (sweep.dice.one_in(2)) sweep.slay_orchestrator("while its database is locked");
  ::poll(nullptr, 0, half);
  other.exec("ROLLBACK");
  sweep.tally.did("lock", "database, by another program");
}

void aimed(StormySweep& sweep) {
  strike(sweep, sweep.dice.pick(aims()));
}

void begin_plainly(StormySweep& sweep) {
  sweep.need_orchestrator();
}

void begin_aimed(StormySweep& sweep) {
  strike(sweep, sweep.dice.pick(first_aims()));
}

void begin_with_five(StormySweep& sweep) {
  std::vector<std::unique_ptr<Radsweep>> five;
  for (int i = 0; i < 5; ++i) five.push_back(sweep.another_orchestrator());
  const auto refused = [&five] {
    int count = 0;
    for (const auto& one : five) count += one->wait(0) == 5 ? 1 : 0;
    return count;
  };
  if (!eventually([&] { return refused() == 4; })) {
    sweep.violations.push_back("of five orchestrators started at once " +
                               std::to_string(refused()) + " were refused");
  }
  for (auto& one : five) {
    if (one->wait(0) != 5) sweep.follow(std::move(one));
  }
  sweep.tally.did("start", "five orchestrators at once");
}

}  // namespace

const std::vector<Disturbance>& disturbances() {
  static const std::vector<Disturbance> all{
      {"kill -9 of a worker", 6, kill_worker},
      {"kill -9 of the orchestrator", 5, kill_orchestrator},
      {"kill -9 of both", 4, kill_both},
      {"kill -9 of everything", 3, kill_everything},
      {"an aimed kill", 14, aimed},
      {"one signal to stop", 1, interrupt_once},
      {"two signals to stop", 1, interrupt_twice},
      {"many signals to stop", 1, interrupt_often},
      {"a worker held still", 2, hold_worker},
      {"the orchestrator held still", 2, hold_orchestrator},
      {"a worker that outlives its attempt", 1, outlive},
      {"a locked database", 1, lock_database},
  };
  return all;
}

const std::vector<Disturbance>& beginnings() {
  static const std::vector<Disturbance> all{
      {"a start", 1, begin_plainly},
      {"five orchestrators at once", 1, begin_with_five},
      {"an aimed kill at the start", 3, begin_aimed},
  };
  return all;
}

const Disturbance& draw(Dice& dice, const std::vector<Disturbance>& from) {
  int sum = 0;
  for (const Disturbance& one : from) sum += one.weight;
  int left = dice.from_to(1, sum);
  for (const Disturbance& one : from) {
    left -= one.weight;
    if (left <= 0) return one;
  }
  return from.back();
}

}  // namespace radsweep::test
