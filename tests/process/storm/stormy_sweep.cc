#include "tests/process/storm/stormy_sweep.h"

#include <poll.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

namespace radsweep::test {
namespace {

constexpr double kPatience_s = 60;    // what takes longer is stuck
constexpr int kEnoughAttempts = 100;  // who is killed before its first step is charged for it

}  // namespace

std::string Climate::worker_name() const {
  return std::filesystem::path(worker).filename().string();
}

StormySweep::StormySweep(const Climate& of, Dice& with, Tally& counted,
                         std::function<void(const std::string&)> tell)
    : climate(of),
      dice(with),
      tally(counted),
      sandbox(of.runs, kEnoughAttempts, {{"RADSWEEP_WORKER", of.worker}}),
      tell_(std::move(tell)) {}

Process* StormySweep::orchestrator() {
  if (!orchestrator_) return nullptr;
  const auto code = orchestrator_->wait(0);
  if (!code) return orchestrator_.get();
  note_end(*code, {0});
  return nullptr;
}

Process& StormySweep::need_orchestrator(const Environment& changes) {
  if (Process* living = orchestrator()) return *living;
  orchestrator_ = another_orchestrator(changes);
  return *orchestrator_;
}

std::unique_ptr<Radsweep> StormySweep::another_orchestrator(const Environment& changes) {
  Environment all{{"LD_PRELOAD", ""}, {"RADSWEEP_DIE", ""}};
  for (const auto& [name, value] : changes) all[name] = value;
  sandbox.set(all);
  return std::unique_ptr<Radsweep>(new Radsweep(sandbox.start(climate.fake)));
}

void StormySweep::expect_end(const std::set<int>& codes) {
  if (!orchestrator_) return;
  if (const auto code = orchestrator_->wait(kPatience_s)) return note_end(*code, codes);
  violations.push_back("an orchestrator that should end goes on:\n" + orchestrator_->errors());
  orchestrator_.reset();
}

void StormySweep::note_end(int code, const std::set<int>& allowed) {
  complete_ |= code == 0;
  if (code != 0 && allowed.count(code) == 0) {
    violations.push_back("an orchestrator ended with " + std::to_string(code) + ":\n" +
                         orchestrator_->errors());
  }
  orchestrator_.reset();
}

std::vector<int> StormySweep::workers() const {
  std::vector<int> pids = sandbox.workers();
  std::erase_if(pids, [](int pid) { return !is_alive(pid); });
  return pids;
}

void StormySweep::slay(int pid, const std::string& target, const std::string& how) {
  if (is_alive(pid) && ::kill(pid, SIGKILL) == 0) tally.killed(target, how);
}

void StormySweep::slay_orchestrator(const std::string& how) {
  if (!orchestrator()) return;
  slay(orchestrator_->pid(), "orchestrator", how);
  expect_end({-SIGKILL});
}

void StormySweep::pause() {
  ::poll(nullptr, 0, dice.from_to(0, climate.longest_pause_ms));
}

void StormySweep::outlive(std::unique_ptr<Process> worker) {
  outlived_.push_back(std::move(worker));
}

void StormySweep::wake_outlived() {
  for (const auto& worker : outlived_) worker->signal(SIGCONT);
}

void StormySweep::calm_down() {
  while (!complete_ && violations.empty()) {
    need_orchestrator();
    expect_end({0});
  }
  wake_outlived();
  for (const auto& worker : outlived_) {
    if (!worker->wait(kPatience_s)) violations.push_back("a worker that outlived its run hangs");
  }
  // Whatever those wrote: a complete sweep stays as it is.
  if (violations.empty()) {
    need_orchestrator();
    expect_end({0});
  }
}

}  // namespace radsweep::test
