#include "orchestrator/local_launcher.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <csignal>
#include <fstream>
#include <iterator>
#include <utility>

#include "base/error.h"
#include "orchestrator/leftovers.h"
#include "orchestrator/spawn_worker.h"
#include "worker/attempt/alive_lock.h"

namespace radsweep::orchestrator {
namespace fs = std::filesystem;
namespace {

constexpr int kLockPollMs = 50;  // an orphan's lock has no descriptor to wait on

int open_pidfd(int pid) {
  return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
}

double steady_s() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

db::ProcessRow row_of(const attempt::ProcessIdentity& p) {
  return {p.host, p.boot_id, p.pid, static_cast<std::int64_t>(p.start_ticks)};
}

std::vector<std::string> gpus_of(const attempt::Slot& slot) {
  std::vector<std::string> gpus;
  if (!slot.gpu_uuid.empty()) gpus.push_back(slot.gpu_uuid);
  for (const attempt::Slot& other : slot.others) {
    if (!other.gpu_uuid.empty()) gpus.push_back(other.gpu_uuid);
  }
  return gpus;
}

// Of its main thread.
std::vector<int> children_of(int pid) {
  const std::string number = std::to_string(pid);
  std::ifstream file("/proc/" + number + "/task/" + number + "/children");
  std::vector<int> children;
  for (int child = 0; file >> child;) children.push_back(child);
  return children;
}

// On memory shortage the kernel shall end a training, which resumes, not the orchestrator.
void prefer_as_oom_victim(int pid) {
  std::ofstream("/proc/" + std::to_string(pid) + "/oom_score_adj") << 500;
}

}  // namespace

LocalLauncher::LocalLauncher(fs::path program, int wake_descriptor, std::string verb,
                             OomWatch oom_watch)
    : program_(std::move(program)),
      verb_(std::move(verb)),
      wake_descriptor_(wake_descriptor),
      oom_watch_(std::move(oom_watch)) {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

LocalLauncher::~LocalLauncher() {
  for (const Worker& worker : workers_) {
    if (worker.pidfd >= 0) ::close(worker.pidfd);
  }
}

db::ProcessRow LocalLauncher::start(const db::Fence& fence, const fs::path& folder,
                                    const attempt::Slot& slot) {
  auto lock = attempt::AliveLock::take(folder);
  // Somebody who only looks (status, logs -f) holds it for an instant: try again.
  for (int again = 0; !lock && again < 5; ++again) {
    ::poll(nullptr, 0, 20);
    lock = attempt::AliveLock::take(folder);
  }
  if (!lock) {
    throw Error(ExitCode::environment, "start a worker in", folder.string(),
                "another process is working on this attempt");
  }
  Worker worker{.fence = fence, .folder = folder, .gpus = gpus_of(slot)};
  worker.pid = spawn_worker(program_, verb_, folder, slot, lock->descriptor());
  // Not reaped before we ask for it, so the pid is still this child's.
  worker.pidfd = open_pidfd(worker.pid);
  prefer_as_oom_victim(worker.pid);
  const auto identity = attempt::process_with_pid(worker.pid);
  if (worker.pidfd < 0 || !identity) {
    const int why = errno;
    ::kill(-worker.pid, SIGKILL);
    ::waitpid(worker.pid, nullptr, 0);
    throw system_error("watch the worker in", folder.string(), why);
  }
  watch(std::move(worker));
  return row_of(*identity);
}

std::optional<db::ProcessRow> LocalLauncher::adopt(const db::Fence& fence, const fs::path& folder) {
  // A worker writes its name into the lock within milliseconds of its start.
  attempt::AliveState state = attempt::probe_alive_lock(folder);
  for (int waited = 0; state.held && !state.process && waited < 100; ++waited) {
    ::poll(nullptr, 0, kLockPollMs);
    state = attempt::probe_alive_lock(folder);
  }
  if (!state.held) return std::nullopt;
  Worker worker{.fence = fence, .folder = folder, .kind = Kind::nameless};
  worker.gpus = gpus_of(attempt::read_spec(folder).slot);
  if (state.process) {
    worker.pidfd = open_pidfd(state.process->pid);
    // Asked after the pidfd was opened: now it can only be this process or a dead one.
    if (worker.pidfd >= 0 && attempt::is_running(*state.process)) {
      worker.kind = Kind::adopted;
      worker.pid = state.process->pid;
    } else {
      if (worker.pidfd >= 0) ::close(std::exchange(worker.pidfd, -1));
      // It died, and something it started holds its lock.
      end_leftovers(folder);
      if (!attempt::probe_alive_lock(folder).held) return std::nullopt;
    }
  }
  const bool named = worker.kind == Kind::adopted;
  watch(std::move(worker));
  return named ? row_of(*state.process) : db::ProcessRow{};
}

void LocalLauncher::watch(Worker worker) {
  worker.end.fence = worker.fence;
  workers_.push_back(std::move(worker));
}

void LocalLauncher::stop(const db::Fence& fence, StopHow how) {
  for (const Worker& worker : workers_) {
    if (!(worker.fence == fence) || worker.gone) continue;
    if (worker.kind == Kind::nameless) {
      if (how == StopHow::now) end_leftovers(worker.folder);
      continue;
    }
    // The pidfd proves that the pid, and so the group it leads, is still ours to signal: a dead
    // leader that nobody reaped yet keeps its number.
    if (::syscall(SYS_pidfd_send_signal, worker.pidfd, 0, nullptr, 0) != 0) continue;
    // One that somebody halted (SIGSTOP) goes on, to checkpoint.
    const auto signals = how == StopHow::now ? std::vector{SIGKILL} : std::vector{SIGTERM, SIGCONT};
    for (const int signal : signals) {
      if (::kill(-worker.pid, signal) != 0) {  // started by hand, inside a shell's group
        ::syscall(SYS_pidfd_send_signal, worker.pidfd, signal, nullptr, 0);
      }
    }
  }
}

std::vector<WorkerEnd> LocalLauncher::wait(double timeout_s) {
  std::vector<pollfd> watched{{wake_descriptor_, POLLIN, 0}};
  bool only_locks_tell = false;
  for (const Worker& worker : workers_) {
    watched.push_back({worker.gone ? -1 : worker.pidfd, POLLIN, 0});
    only_locks_tell |= worker.gone || worker.kind == Kind::nameless;
  }
  int timeout_ms = static_cast<int>(std::ceil(std::max(0.0, timeout_s) * 1000));
  if (only_locks_tell) timeout_ms = std::min(timeout_ms, kLockPollMs);
  if (::poll(watched.data(), watched.size(), timeout_ms) < 0 && errno != EINTR) {
    throw system_error("wait for", "workers", errno);
  }
  oom_watch_.look(steady_s());
  std::vector<WorkerEnd> ended;
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    if ((watched[i + 1].revents & POLLIN) != 0) note_exit(workers_[i]);
  }
  std::erase_if(workers_, [&ended](Worker& worker) {
    const bool may_be_over = worker.gone || worker.kind == Kind::nameless;
    if (!may_be_over || attempt::probe_alive_lock(worker.folder).held) return false;
    ended.push_back(worker.end);
    return true;
  });
  return ended;
}

void LocalLauncher::note_exit(Worker& worker) {
  worker.gone = true;
  if (worker.kind == Kind::child) {
    siginfo_t info{};
    const auto id = static_cast<id_t>(worker.pid);
    ::waitid(P_PID, id, &info, WEXITED | WNOWAIT);
    (info.si_code == CLD_EXITED ? worker.end.exit_code : worker.end.term_signal) = info.si_status;
    if (worker.end.term_signal == SIGKILL) {
      worker.end.out_of_memory = oom_watch_.evidence(steady_s()).value_or("");
    }
    ::kill(-worker.pid, SIGKILL);  // children it left; the unreaped leader keeps the number ours
    ::waitid(P_PID, id, &info, WEXITED);
  } else {
    // Nobody tells us how somebody else's child ended; without a result this may be why.
    worker.end.out_of_memory = oom_watch_.evidence(steady_s()).value_or("");
    if (attempt::probe_alive_lock(worker.folder).held) {
      ::kill(-worker.pid, SIGKILL);  // a member that holds the lock keeps the group's number taken
    }
  }
  ::close(std::exchange(worker.pidfd, -1));
  end_leftovers(worker.folder);
  reap_orphans();
}

// What left a worker's group came home to us, its subreaper, when the worker died.
void LocalLauncher::reap_orphans() {
  for (const int pid : children_of(::getpid())) {
    const auto is_worker = [pid](const Worker& known) { return known.pid == pid && !known.gone; };
    if (std::none_of(workers_.begin(), workers_.end(), is_worker)) {
      ::waitpid(pid, nullptr, WNOHANG);
    }
  }
}

std::vector<int> LocalLauncher::pids_on(const std::string& gpu_uuid) const {
  std::vector<int> pids;
  for (const Worker& worker : workers_) {
    if (worker.pid <= 0 || std::ranges::count(worker.gpus, gpu_uuid) == 0) continue;
    pids.push_back(worker.pid);
    std::ranges::copy(children_of(worker.pid), std::back_inserter(pids));  // the other ranks
  }
  return pids;
}

}  // namespace radsweep::orchestrator
