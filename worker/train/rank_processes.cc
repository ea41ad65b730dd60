#include "worker/train/rank_processes.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string_view>

#include "worker/attempt/alive_lock.h"
#include "worker/attempt/attempt_files.h"

namespace radsweep::train {
namespace fs = std::filesystem;
namespace {

constexpr int kLookMs = 50;
constexpr std::chrono::seconds kTimeToEnd{10};

bool is_named(const char* entry, const char* name) {
  const std::string_view text(entry), wanted(name);
  return text.starts_with(wanted) && text.substr(wanted.size()).starts_with('=');
}

// Everything that a rank is started with, made before fork(): after it nothing is allocated.
class Start {
 public:
  Start(const fs::path& folder, int rank, const std::string& gpu_uuid, int memory, int lock)
      : words_{"radsweep-worker", "train", folder.string(), "--rank", std::to_string(rank)},
        memory_(memory),
        lock_(lock),
        parent_(::getpid()) {
    for (char** entry = environ; *entry; ++entry) {
      if (is_named(*entry, "CUDA_VISIBLE_DEVICES") || is_named(*entry, kRankMemoryVariable))
        continue;
      variables_.emplace_back(*entry);
    }
    variables_.push_back("CUDA_VISIBLE_DEVICES=" + gpu_uuid);
    variables_.push_back(kRankMemoryVariable + std::string("=") + std::to_string(memory));
    for (std::string& word : words_) arguments_.push_back(word.data());
    for (std::string& variable : variables_) environment_.push_back(variable.data());
    arguments_.push_back(nullptr);
    environment_.push_back(nullptr);
  }

  // In the child. The lock stays open, unnamed: it falls when the last rank is gone.
  [[noreturn]] void run() {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent_) ::_exit(1);  // rank 0 died before that
    for (const int asked_to_stop : {SIGTERM, SIGINT, SIGUSR2}) std::signal(asked_to_stop, SIG_IGN);
    for (const int kept : {memory_, lock_}) ::fcntl(kept, F_SETFD, 0);
    ::execve("/proc/self/exe", arguments_.data(), environment_.data());
    ::_exit(127);
  }

 private:
  std::array<std::string, 5> words_;
  std::vector<std::string> variables_;
  std::vector<char*> arguments_, environment_;
  int memory_, lock_, parent_;
};

[[noreturn]] void end_by(int signal) {
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);  // the one that crashed has left one
  std::signal(signal, SIG_DFL);
  sigset_t this_one;
  sigemptyset(&this_one);
  sigaddset(&this_one, signal);
  ::pthread_sigmask(SIG_UNBLOCK, &this_one, nullptr);
  ::raise(signal);  // this thread takes it before it goes on
  ::_exit(static_cast<int>(attempt::WorkerExit::failed));
}

}  // namespace

RankProcesses::RankProcesses(const fs::path& folder, const attempt::Slot& slot, RankMemory& memory,
                             int alive_lock)
    : memory_(memory) {
  for (const attempt::Slot& other : slot.others) {
    const int rank = static_cast<int>(children_.size()) + 1;
    Start start(folder, rank, other.gpu_uuid, memory.descriptor(), alive_lock);
    const int pid = ::fork();
    if (pid == 0) start.run();
    const int pidfd = pid < 0 ? -1 : static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
    if (pidfd < 0) {
      const int why = errno;
      if (pid > 0) children_.push_back({rank, pid, -1});
      kill_all();
      throw system_error("start", "rank " + std::to_string(rank), why);
    }
    children_.push_back({rank, pid, pidfd});
  }
  watcher_ = std::jthread([this](const std::stop_token& stop) { watch(stop); });
}

RankProcesses::~RankProcesses() {
  watcher_.request_stop();
  watcher_.join();
}

void RankProcesses::kill_all() {
  for (const Child& child : children_) {
    ::kill(child.pid, SIGKILL);
    ::waitpid(child.pid, nullptr, 0);
    if (child.pidfd >= 0) ::close(child.pidfd);
  }
  children_.clear();
}

void RankProcesses::watch(const std::stop_token& stop) {
  using Clock = std::chrono::steady_clock;
  std::optional<Clock::time_point> deadline;
  while (!children_.empty()) {
    if (stop.stop_requested() && !deadline) deadline = Clock::now() + kTimeToEnd;
    if (deadline && Clock::now() > *deadline) {
      kill_all();
      return;
    }
    std::vector<pollfd> ends;
    for (const Child& child : children_) ends.push_back({child.pidfd, POLLIN, 0});
    ::poll(ends.data(), ends.size(), kLookMs);
    for (std::size_t i = ends.size(); i-- > 0;) {
      if ((ends[i].revents & POLLIN) == 0) continue;
      const Child child = children_[i];
      children_.erase(children_.begin() + static_cast<std::ptrdiff_t>(i));
      judge(child);
    }
  }
}

// One that left with an error has told of it; what it did not tell is told for it.
void RankProcesses::judge(const Child& child) {
  int status = 0;
  ::waitpid(child.pid, &status, 0);
  ::close(child.pidfd);
  const std::string name =
      "rank " + std::to_string(child.rank) + " (process " + std::to_string(child.pid) + ")";
  if (WIFSIGNALED(status)) {
    std::cerr << name << " was ended by signal " << WTERMSIG(status)
              << ": the whole attempt ends by it" << std::endl;
    kill_all();
    end_by(WTERMSIG(status));
  }
  const int code = WEXITSTATUS(status);
  const bool in_order = code == static_cast<int>(attempt::WorkerExit::done) ||
                        code == static_cast<int>(attempt::WorkerExit::stopped);
  if (in_order) return;
  memory_.fail({child.rank, "bug", static_cast<int>(attempt::WorkerExit::failed),
                "its process ended with exit code " + std::to_string(code)});
}

RankMemory join_ranks(int rank) {
  const char* text = std::getenv(kRankMemoryVariable);
  int descriptor = -1;
  const std::string_view number = text ? text : "";
  const auto parsed = std::from_chars(number.data(), number.data() + number.size(), descriptor);
  if (parsed.ec != std::errc() || descriptor < 0) {
    throw Error(ExitCode::usage, "be", "rank " + std::to_string(rank) + " of a training",
                "no other rank started this process", "leave --rank to radsweep-worker itself");
  }
  ::unsetenv(kRankMemoryVariable);
  return RankMemory::join(descriptor, rank);
}

}  // namespace radsweep::train
