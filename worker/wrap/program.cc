#include "worker/wrap/program.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <sstream>

#include "base/error.h"

namespace radsweep::wrap {
namespace fs = std::filesystem;
namespace {

bool is_program(const fs::path& file) {
  std::error_code absent;
  return fs::is_regular_file(file, absent) && ::access(file.c_str(), X_OK) == 0;
}

std::vector<std::string> environment_with(const std::map<std::string, std::string>& changes) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry; ++entry) {
    const std::string text(*entry);
    if (changes.count(text.substr(0, text.find('='))) == 0) all.push_back(text);
  }
  for (const auto& [name, value] : changes) all.push_back(name + "=" + value);
  return all;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// In the child: no allocation, only calls that are safe after fork().
[[noreturn]] void become(const ProgramStart& start, const char* program, char* const* arguments,
                         char* const* environment, int parent, int failure_fd) {
  int failure = 0;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);  // it died before we asked for that
  ::signal(SIGTERM, SIG_DFL);
  if (::dup2(start.metrics_fd, kMetricsDescriptor) < 0 ||
      ::dup2(start.lock_fd, kLockDescriptor) < 0 || ::chdir(start.folder.c_str()) != 0) {
    failure = errno;
  } else {
    ::execve(program, arguments, environment);
    failure = errno;
  }
  while (::write(failure_fd, &failure, sizeof failure) < 0 && errno == EINTR) {
  }
  ::_exit(127);
}

}  // namespace

fs::path find_program(const std::string& name, const fs::path& folder) {
  if (name.find('/') != std::string::npos) {
    const fs::path file = folder / name;
    if (is_program(file)) return file;
    std::error_code absent;
    if (!fs::exists(file, absent)) {
      throw Error(ExitCode::usage, "start", file.string(), "there is no such file",
                  "a path is seen from the sweep file's folder");
    }
    throw Error(ExitCode::usage, "start", file.string(), "it is no program", "chmod +x");
  }
  const char* path = std::getenv("PATH");
  const std::string searched = path ? path : "/usr/local/bin:/usr/bin:/bin";
  std::istringstream folders(searched);
  for (std::string one; std::getline(folders, one, ':');) {
    const fs::path candidate = (one.empty() ? folder : folder / one) / name;
    if (is_program(candidate)) return candidate;
  }
  throw Error(ExitCode::usage, "start", name, "there is no such program on PATH (" + searched + ")",
              "./" + name + " for one beside the sweep file");
}

int start_program(const ProgramStart& start) {
  const fs::path program = find_program(start.command.at(0), start.folder);
  std::vector<std::string> words = start.command, texts = environment_with(start.environment);
  const std::vector<char*> arguments = pointers_to(words), environment = pointers_to(texts);
  int failed[2];
  if (::pipe2(failed, O_CLOEXEC) != 0) throw system_error("make", "a pipe", errno);
  // dup2 onto our own descriptors would lose them: ours are moved out of the way.
  ProgramStart moved = start;
  moved.metrics_fd = ::fcntl(start.metrics_fd, F_DUPFD_CLOEXEC, kMetricsDescriptor + 1);
  moved.lock_fd = ::fcntl(start.lock_fd, F_DUPFD_CLOEXEC, kMetricsDescriptor + 1);
  const int failure_fd = ::fcntl(failed[1], F_DUPFD_CLOEXEC, kMetricsDescriptor + 1);
  ::close(failed[1]);
  const int parent = ::getpid();
  const int pid = ::fork();
  if (pid == 0) {
    become(moved, program.c_str(), arguments.data(), environment.data(), parent, failure_fd);
  }
  const int fork_failure = errno;
  for (const int fd : {moved.metrics_fd, moved.lock_fd, failure_fd}) ::close(fd);
  int failure = 0;
  ssize_t got = 0;
  while (pid > 0 && (got = ::read(failed[0], &failure, sizeof failure)) < 0 && errno == EINTR) {
  }
  ::close(failed[0]);
  if (pid < 0) throw system_error("start", program.string(), fork_failure);
  if (got > 0) {
    ::waitpid(pid, nullptr, 0);
    const char* hint = failure == ENOEXEC ? "a first line such as #!/bin/sh" : "";
    const Error why = system_error("start", program.string(), failure);
    throw Error(ExitCode::usage, "start", program.string(), why.why(), hint);
  }
  return pid;
}

}  // namespace radsweep::wrap
