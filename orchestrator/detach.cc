#include "orchestrator/detach.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/error.h"

namespace radsweep::orchestrator {
namespace {

void redirect(const std::filesystem::path& log) {
  const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  const int file = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (nothing < 0 || file < 0) throw system_error("open", log.string(), errno);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(file, STDOUT_FILENO);
  ::dup2(file, STDERR_FILENO);
  ::close(nothing);
  ::close(file);
}

// Waits for the grandchild's pid; nothing when it ended before it told.
std::optional<int> hear_pid(int from) {
  int pid = 0;
  const ssize_t got = ::read(from, &pid, sizeof pid);
  ::close(from);
  if (got != static_cast<ssize_t>(sizeof pid)) return std::nullopt;
  return pid;
}

}  // namespace

std::optional<int> detach(const std::filesystem::path& log, const std::function<void()>& named) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0)
    throw system_error("detach from", "the terminal", errno);
  const pid_t child = ::fork();
  if (child < 0) throw system_error("detach from", "the terminal", errno);
  if (child > 0) {
    ::close(pipe[1]);
    ::waitpid(child, nullptr, 0);
    if (const auto pid = hear_pid(pipe[0])) return pid;
    throw Error(ExitCode::environment, "go on", "in the background", "it ended at once",
                "see " + log.string());
  }
  ::setsid();
  if (::fork() != 0) ::_exit(0);  // a leader could get a terminal again
  ::close(pipe[0]);
  redirect(log);
  named();
  const int pid = ::getpid();
  if (::write(pipe[1], &pid, sizeof pid) != static_cast<ssize_t>(sizeof pid)) ::_exit(4);
  ::close(pipe[1]);
  return std::nullopt;
}

}  // namespace radsweep::orchestrator
