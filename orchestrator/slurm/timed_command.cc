#include "orchestrator/slurm/timed_command.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <csignal>
#include <utility>

#include "base/error.h"

namespace radsweep::orchestrator::slurm {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

// Memory that a child writes into: no pipe that fills while nobody reads it.
int make_catcher(const char* name) {
  const int fd = ::memfd_create(name, MFD_CLOEXEC);
  if (fd < 0) throw system_error("make room for", "the words of a program", errno);
  return fd;
}

std::string caught(int fd) {
  std::string text;
  std::array<char, 4096> block{};
  off_t at = 0;
  for (ssize_t got = 0; (got = ::pread(fd, block.data(), block.size(), at)) > 0; at += got) {
    text.append(block.data(), static_cast<std::size_t>(got));
  }
  return text;
}

pid_t start(const std::vector<std::string>& words, int output, int errors) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &all);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  ::posix_spawnattr_setflags(
      &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_t pid = 0;
  const int failure =
      ::posix_spawnp(&pid, arguments[0], &actions, &attributes, arguments.data(), environ);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) {
    throw system_error("start", words[0], failure,
                       "it must be on PATH: where Slurm is installed, often after `module load "
                       "slurm`; `radsweep doctor --executor slurm`");
  }
  return pid;
}

// Whether it ended by then.
bool wait_for(int pidfd, double timeout_s) {
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + std::chrono::duration<double>(timeout_s);
  while (true) {
    const std::chrono::duration<double, std::milli> left = deadline - Clock::now();
    pollfd process{pidfd, POLLIN, 0};
    const int ready = ::poll(&process, 1, std::max(0, static_cast<int>(std::ceil(left.count()))));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

std::string last_line(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

}  // namespace

CommandEnd run_command(const std::vector<std::string>& words, double timeout_s) {
  const Descriptor output(make_catcher("output")), errors(make_catcher("errors"));
  const pid_t pid = start(words, output.get(), errors.get());
  const Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  CommandEnd end;
  end.timed_out = !wait_for(process.get(), timeout_s);
  if (end.timed_out) ::kill(-pid, SIGKILL);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  (WIFSIGNALED(status) ? end.term_signal : end.exit_code) =
      WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
  end.output = caught(output.get());
  end.errors = caught(errors.get());
  return end;
}

std::string complaint_of(const CommandEnd& end) {
  if (end.timed_out) return "it gave no answer in time";
  const std::string text = end.errors.empty() ? last_line(end.output) : last_line(end.errors);
  if (!text.empty()) return text;
  return end.term_signal != 0 ? "it was ended by signal " + std::to_string(end.term_signal)
                              : "it ended with exit code " + std::to_string(end.exit_code);
}

}  // namespace radsweep::orchestrator::slurm
