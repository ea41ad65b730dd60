// Real processes as tests see them.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace radsweep::test {

using Environment = std::map<std::string, std::string>;

// Polls until `condition` holds; false when it does not within `limit_s`.
bool eventually(const std::function<bool()>& condition, double limit_s = 10);

// Whether there is such a process and it has not ended: one that nobody reaped yet has.
bool is_alive(int pid);

// 0 when there is no such process.
int parent_of(int pid);

// Living processes whose environment holds a variable whose "NAME=value" begins with `mark`.
std::vector<int> processes_with(const std::string& mark);

// What a process's environment says of `name`; "" when it says nothing, or is gone.
std::string variable_of(int pid, const std::string& name);

// One process of ours, in a group of its own as a shell would start it. Killed when it is
// destroyed.
class Process {
 public:
  // Runs in `folder`, its output in `folder`/`name`.out and .err. `changes` to our environment.
  Process(const std::string& program, const std::vector<std::string>& arguments,
          const std::filesystem::path& folder, const std::string& name, const Environment& changes);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  int pid() const { return pid_; }
  void signal(int number) const;
  // As a terminal does for Ctrl-C: to it and everything in its group.
  void signal_group(int number) const;
  // Its exit code, -signal when it was killed; nullopt when it still runs after `limit_s`.
  std::optional<int> wait(double limit_s = 10);
  std::string errors() const;  // its stderr until now
  std::string output() const;  // its stdout until now

 private:
  std::filesystem::path output_, errors_;
  int pid_ = 0;
  std::optional<int> ended_;
};

}  // namespace radsweep::test
