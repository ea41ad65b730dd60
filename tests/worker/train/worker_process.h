// radsweep-worker as a process that tests start, wait for and look at from outside.
#pragma once

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "base/durable_file.h"
#include "tests/worker/train/tiny_run.h"
#include "worker/attempt/attempt_files.h"
#include "worker/attempt/result.h"

namespace radsweep::test {

namespace fs = std::filesystem;

// The program at work in an attempt folder, its words in log.txt.
class Worker {
 public:
  explicit Worker(const fs::path& folder) : pid_(::fork()) {
    if (pid_ != 0) return;
    const int log =
        ::open((folder / attempt::kLogFile).c_str(), O_CREAT | O_WRONLY | O_APPEND, 0644);
    ::dup2(log, STDOUT_FILENO);
    ::dup2(log, STDERR_FILENO);
    ::execl(WORKER, WORKER, "train", folder.c_str(), nullptr);
    ::_exit(127);
  }
  ~Worker() {
    if (!waited_) {
      ::kill(pid_, SIGKILL);
      exit_code();
    }
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  int pid() const { return pid_; }
  void signal(int number) const { ::kill(pid_, number); }
  // As the shell counts: 128 + signal when a signal killed it.
  int exit_code() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    waited_ = true;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  pid_t pid_;
  bool waited_ = false;
};

// The exit code of another verb; `log` receives its words.
inline int run_verb(const std::vector<std::string>& words, const fs::path& log) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    const int out = ::open(log.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0644);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(out, STDERR_FILENO);
    std::vector<char*> arguments = {const_cast<char*>(WORKER)};
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    ::execv(WORKER, arguments.data());
    ::_exit(127);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

inline int run(const fs::path& folder) {
  return Worker(folder).exit_code();
}

// The other rank of a worker at work.
inline int other_rank_of(int pid) {
  const std::string number = std::to_string(pid);
  std::ifstream children("/proc/" + number + "/task/" + number + "/children");
  int child = 0;
  children >> child;
  return child;
}

inline bool eventually(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

// Runs an attempt and expects it to end sealed as failed with this class.
inline attempt::Result failed_result(const fs::path& folder, attempt::WorkerExit exit,
                                     const std::string& kind) {
  CHECK(run(folder) == static_cast<int>(exit));
  const auto result = attempt::read_result(folder);
  REQUIRE(result);
  CHECK(result->outcome == attempt::Outcome::failed);
  CHECK(result->error_class == kind);
  CHECK_FALSE(result->error.empty());
  CHECK(read_file(folder / attempt::kLogFile).find(result->error) != std::string::npos);
  return *result;
}

// What a run measured, without what was measured by a clock.
inline attempt::Result numbers_of(const fs::path& folder) {
  const auto sealed = attempt::read_result(folder);
  REQUIRE(sealed);
  REQUIRE(sealed->outcome == attempt::Outcome::done);
  attempt::Result result = *sealed;
  result.attempt = 0;
  result.train_seconds = result.images_per_second = result.peak_memory_mb = 0;
  for (attempt::EpochRecord& record : result.epochs) record.seconds = record.images_per_second = 0;
  return result;
}

}  // namespace radsweep::test
