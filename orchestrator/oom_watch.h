// Whether the kernel ended processes for lack of memory lately. It says so in counters, not to the
// process's parent, which only sees signal 9.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace radsweep::orchestrator {

class OomWatch {
 public:
  // A file with a line "oom_kill N".
  struct Counter {
    std::filesystem::path file;
    bool ours = false;  // counts our own control group's processes only; else the machine's
  };
  // Those of this machine that can be read: memory.events (cgroup v2), memory.oom_control (v1),
  // /proc/vmstat.
  static std::vector<Counter> counters_of_this_process();

  explicit OomWatch(std::vector<Counter> counters);

  // Reads the counters. Called every second or so; `now_s` of any steady clock.
  void look(double now_s);
  // What they say about a process that was found killed now; nothing: they did not move lately.
  std::optional<std::string> evidence(double now_s);

 private:
  struct Watched {
    Counter counter;
    long value = 0;
    double moved_s = -1e9;
  };
  std::vector<Watched> watched_;
};

}  // namespace radsweep::orchestrator
