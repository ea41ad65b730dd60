#include "orchestrator/environment/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "base/error.h"

namespace radsweep::orchestrator {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor() { close(); }
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  int get() const { return fd_; }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_;
};

sigset_t stopping_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGHUP);
  return set;
}

// Stopping signals come through a descriptor as long as this lives.
class StopWatch {
 public:
  StopWatch() {
    const sigset_t set = stopping_signals();
    ::pthread_sigmask(SIG_BLOCK, &set, &before_);
    fd_ = Descriptor(::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
    if (fd_.get() < 0) {
      ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
      throw system_error("watch for", "signals", errno);
    }
  }
  ~StopWatch() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  StopWatch(const StopWatch&) = delete;
  StopWatch& operator=(const StopWatch&) = delete;

  int descriptor() const { return fd_.get(); }
  // The next signal that arrived; 0: none.
  int next() const {
    signalfd_siginfo arrived{};
    const auto got = ::read(fd_.get(), &arrived, sizeof arrived);
    return got == static_cast<ssize_t>(sizeof arrived) ? static_cast<int>(arrived.ssi_signo) : 0;
  }

 private:
  sigset_t before_{};
  Descriptor fd_;
};

struct Pipe {
  Descriptor read_end, write_end;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw system_error("make", "a pipe", errno);
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

// All that happens between fork and exec: async-signal-safe calls only. Returns by failing.
int become(char* const* argv, int output, pid_t parent) {
  // Its parent alone knows of it, so it dies with it: nobody would stop it or hear of its end.
  // Asked again afterwards: the parent may have died before.
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) return errno;
  if (::getppid() != parent) ::_exit(1);
  // Its own group, so that a terminal's Ctrl-C reaches it once, through us; signals as after login.
  ::setpgid(0, 0);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) ::signal(signal, SIG_DFL);
  const int nothing = ::open("/dev/null", O_RDONLY);
  if (nothing < 0 || ::dup2(nothing, STDIN_FILENO) < 0 || ::dup2(output, STDOUT_FILENO) < 0) {
    return errno;
  }
  if (nothing > STDERR_FILENO) ::close(nothing);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execv(argv[0], argv);
  return errno;
}

// By fork, because posix_spawn cannot tie the child's life to ours.
pid_t spawn(const std::string& program, const std::vector<std::string>& arguments, int output) {
  std::vector<char*> argv{const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  Pipe failure = make_pipe();  // closed by a successful exec
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) throw system_error("start", program, errno);
  if (pid == 0) {
    const int why = become(argv.data(), output, parent);
    const ssize_t told = ::write(failure.write_end.get(), &why, sizeof why);
    ::_exit(told == static_cast<ssize_t>(sizeof why) ? 127 : 126);
  }
  failure.write_end.close();
  int why = 0;
  if (::read(failure.read_end.get(), &why, sizeof why) == static_cast<ssize_t>(sizeof why)) {
    ::waitpid(pid, nullptr, 0);
    throw system_error("start", program, why);
  }
  return pid;
}

ChildEnd reap(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) throw system_error("wait for", "process " + std::to_string(pid), errno);
  }
  ChildEnd end;
  if (WIFSIGNALED(status)) {
    end.term_signal = WTERMSIG(status);
  } else {
    end.exit_code = WEXITSTATUS(status);
  }
  return end;
}

// Appends what is there to read. False at the end of the output.
bool drain(int fd, std::string& output) {
  std::array<char, 4096> block{};
  const ssize_t got = ::read(fd, block.data(), block.size());
  if (got > 0) output.append(block.data(), static_cast<std::size_t>(got));
  return got > 0 || (got < 0 && errno == EINTR);
}

}  // namespace

std::string describe(const ChildEnd& end) {
  if (end.term_signal == 0) return "exit code " + std::to_string(end.exit_code);
  return "signal " + std::to_string(end.term_signal) + " (" + ::strsignal(end.term_signal) + ")";
}

ChildEnd run_child(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                   ChildOutput output) {
  const StopWatch stops;
  Pipe pipe;
  if (output == ChildOutput::captured) pipe = make_pipe();
  const int stdout_of_child =
      output == ChildOutput::captured ? pipe.write_end.get() : STDERR_FILENO;
  const pid_t pid = spawn(program, arguments, stdout_of_child);
  pipe.write_end.close();
  const Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));

  std::string captured;
  int signals = 0;
  for (bool ended = process.get() < 0, reading = pipe.read_end.get() >= 0; !ended || reading;) {
    std::array<pollfd, 3> waited{pollfd{process.get(), POLLIN, 0},
                                 pollfd{stops.descriptor(), POLLIN, 0},
                                 pollfd{reading ? pipe.read_end.get() : -1, POLLIN, 0}};
    if (ended) waited[0].fd = -1;
    if (::poll(waited.data(), waited.size(), -1) < 0 && errno != EINTR) break;
    while (const int signal = stops.next()) ::kill(-pid, ++signals == 1 ? signal : SIGKILL);
    if (waited[2].revents != 0) reading = drain(pipe.read_end.get(), captured);
    if (waited[0].revents != 0) ended = true;
  }
  ChildEnd end = reap(pid);
  end.output = std::move(captured);
  if (signals > 0) {
    throw Error(signals == 1 ? ExitCode::stopped : ExitCode::interrupted, "finish",
                program.filename().string(), "it was asked to stop",
                "run the same command again to continue");
  }
  return end;
}

}  // namespace radsweep::orchestrator
