#include "tests/process/process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "base/durable_file.h"

namespace radsweep::test {
namespace fs = std::filesystem;
namespace {

std::vector<std::string> environment_with(const Environment& changes) {
  std::vector<std::string> environment;
  for (char** entry = environ; *entry; ++entry) {
    const std::string text = *entry;
    if (changes.count(text.substr(0, text.find('='))) == 0) environment.push_back(text);
  }
  for (const auto& [name, value] : changes) environment.push_back(name + "=" + value);
  return environment;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

}  // namespace

bool eventually(const std::function<bool()>& condition, double limit_s) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::duration<double>(limit_s);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    ::poll(nullptr, 0, 5);
  }
  return true;
}

namespace {

// The fields of /proc/PID/stat from the state on; empty when there is no such process.
std::string stat_of(int pid) {
  const auto stat = read_file_if_exists("/proc/" + std::to_string(pid) + "/stat");
  const std::size_t name_end = stat ? stat->rfind(") ") : std::string::npos;
  return name_end == std::string::npos ? "" : stat->substr(name_end + 2);
}

}  // namespace

bool is_alive(int pid) {
  const std::string stat = stat_of(pid);
  return !stat.empty() && stat[0] != 'Z';
}

int parent_of(int pid) {
  const std::string stat = stat_of(pid);
  return stat.empty() ? 0 : std::atoi(stat.c_str() + 2);
}

std::vector<int> processes_with(const std::string& mark) {
  std::vector<int> pids;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc")) {
    const int pid = std::atoi(entry.path().filename().c_str());
    std::ifstream file(entry.path() / "environ", std::ios::binary);
    for (std::string variable; pid > 0 && std::getline(file, variable, '\0');) {
      if (variable.rfind(mark, 0) != 0) continue;
      pids.push_back(pid);
      break;
    }
  }
  return pids;
}

std::string variable_of(int pid, const std::string& name) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/environ", std::ios::binary);
  for (std::string variable; std::getline(file, variable, '\0');) {
    if (variable.rfind(name + "=", 0) == 0) return variable.substr(name.size() + 1);
  }
  return "";
}

Process::Process(const std::string& program, const std::vector<std::string>& arguments,
                 const fs::path& folder, const std::string& name, const Environment& changes)
    : output_(folder / (name + ".out")), errors_(folder / (name + ".err")) {
  std::vector<std::string> words{program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> environment = environment_with(changes);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  const int flags = O_WRONLY | O_CREAT | O_TRUNC;
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output_.c_str(), flags, 0644);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors_.c_str(), flags, 0644);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  const int failure = ::posix_spawn(&pid_, program.c_str(), &actions, &attributes,
                                    pointers(words).data(), pointers(environment).data());
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) throw std::runtime_error("cannot start " + program);
}

Process::~Process() {
  if (ended_) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void Process::signal(int number) const {
  ::kill(pid_, number);
}

void Process::signal_group(int number) const {
  ::kill(-pid_, number);
}

std::optional<int> Process::wait(double limit_s) {
  eventually(
      [this] {
        int status = 0;
        if (!ended_ && ::waitpid(pid_, &status, WNOHANG) == pid_) {
          ended_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
        }
        return ended_.has_value();
      },
      limit_s);
  return ended_;
}

std::string Process::errors() const {
  return read_file(errors_);
}
std::string Process::output() const {
  return read_file(output_);
}

}  // namespace radsweep::test
