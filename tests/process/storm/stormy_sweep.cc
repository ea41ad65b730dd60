#include "tests/process/storm/stormy_sweep.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

#include "base/durable_file.h"
#include "tests/process/crash_points.h"

namespace radsweep::test {
namespace {

constexpr double kPatience_s = 120;   // what takes longer is stuck
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
  Environment all{{"LD_PRELOAD", ""}, {"RADSWEEP_DIE", ""}, {"ASAN_OPTIONS", kPreloadUnderAsan}};
  for (const auto& [name, value] : changes) all[name] = value;
  all["LD_PRELOAD"] += std::string(" ") + ODD_CLOCK_LIBRARY;
  all["RADSWEEP_CLOCK"] = clock_file().string();
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

std::vector<int> StormySweep::processes() const {
  std::vector<int> pids = sandbox.processes();
  std::erase_if(pids, [this](int pid) {
    return !is_alive(pid) || std::any_of(outlived_.begin(), outlived_.end(),
                                         [pid](const auto& one) { return one->pid() == pid; });
  });
  return pids;
}

std::map<std::string, std::vector<int>> StormySweep::workers_by_run() const {
  std::map<std::string, std::vector<int>> all;
  for (int pid : workers()) {
    const std::filesystem::path attempt = variable_of(pid, "RADSWEEP_ATTEMPT");
    if (!attempt.empty()) all[attempt.parent_path().string()].push_back(pid);
  }
  return all;
}

void StormySweep::look_for_twins() {
  for (const auto& [run, pids] : workers_by_run()) {
    if (pids.size() < 2) continue;
    ::poll(nullptr, 0, 10);  // one that just died may still be seen for an instant
    if (!is_alive(pids[0]) || !is_alive(pids[1])) continue;
    // a leak sanitizer looks at its process from a child
    if (parent_of(pids[0]) == pids[1] || parent_of(pids[1]) == pids[0]) continue;
    violations.push_back("two processes train: " + std::to_string(pids[0]) + " in " +
                         variable_of(pids[0], "RADSWEEP_ATTEMPT") + " and " +
                         std::to_string(pids[1]) + " in " +
                         variable_of(pids[1], "RADSWEEP_ATTEMPT"));
  }
}

int StormySweep::attempts() const {
  return static_cast<int>(sandbox.ask("SELECT 1 FROM attempt").size());
}

bool StormySweep::owns_store() const {
  const std::string lock = (sandbox.store() / "sweep.db.lock").string();
  const int fd = ::open(lock.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool held = ::flock(fd, LOCK_SH | LOCK_NB) != 0;
  ::close(fd);
  const std::string text = read_file_if_exists(lock).value_or("");
  const std::string name = "\"pid\":" + std::to_string(orchestrator_->pid()) + ",";
  return held && text.find(name) != std::string::npos;
}

void StormySweep::wait_until_owned() {
  if (eventually([this] { return !orchestrator() || owns_store(); })) return;
  violations.push_back("an orchestrator does not hold the lock of its store");
}

std::filesystem::path StormySweep::clock_file() const {
  return sandbox.folder() / "clock";
}

void StormySweep::shift_clock(int seconds) const {
  replace_file(clock_file(), std::to_string(seconds), Durability::atomic_only);
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
