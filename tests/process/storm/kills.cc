#include "tests/process/storm/kills.h"

#include <poll.h>

#include <csignal>
#include <filesystem>

namespace radsweep::test {
namespace {

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

}  // namespace

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

void interrupt_once(StormySweep& sweep) {
  ask_to_stop(sweep, sweep.dice.one_in(2) ? SIGINT : SIGTERM, 1);
}
void interrupt_twice(StormySweep& sweep) {
  ask_to_stop(sweep, sweep.dice.one_in(2) ? SIGINT : SIGTERM, 2);
}
void interrupt_often(StormySweep& sweep) {
  ask_to_stop(sweep, sweep.dice.one_in(2) ? SIGINT : SIGTERM, sweep.dice.from_to(3, 8));
}

void stop_by_command(StormySweep& sweep) {
  sweep.need_orchestrator();
  sweep.pause();
  if (!std::filesystem::exists(sweep.sandbox.store() / "sweep.db")) return;
  const bool alone = sweep.dice.one_in(2);
  if (alone) sweep.slay_orchestrator("before radsweep stop");
  // One that does not own its store yet would be refused instead of stopped.
  sweep.wait_until_owned();
  Radsweep stop = sweep.sandbox.command({"stop", "tiny"});
  if (stop.wait(60) != 0) sweep.violations.push_back("radsweep stop fails:\n" + stop.errors());
  sweep.expect_end({75});
  for (int pid : sweep.processes()) {
    sweep.violations.push_back("process " + std::to_string(pid) + " is left by radsweep stop");
  }
  sweep.tally.did("stop", alone ? "radsweep stop, without an orchestrator" : "radsweep stop");
}

}  // namespace radsweep::test
