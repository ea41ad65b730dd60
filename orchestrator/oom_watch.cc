#include "orchestrator/oom_watch.h"

#include <fstream>
#include <utility>

namespace radsweep::orchestrator {
namespace fs = std::filesystem;
namespace {

// The kernel counts before the process is gone; its end is seen at the next look or the one after.
constexpr double kLately_s = 10;

std::optional<long> read_counter(const fs::path& file) {
  std::ifstream lines(file);
  std::string key;
  for (long value = 0; lines >> key >> value;) {
    if (key == "oom_kill") return value;
  }
  return std::nullopt;
}

}  // namespace

// A line of /proc/self/cgroup is "4:memory:/path", or "0::/path" for v2. In a container the path
// may not exist below its own mount: then the mount's root is the group.
std::vector<OomWatch::Counter> OomWatch::counters_of_this_process() {
  std::vector<Counter> counters;
  const auto add = [&counters](const fs::path& file, bool ours) {
    if (read_counter(file)) counters.push_back({file, ours});
    return read_counter(file).has_value();
  };
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controller = line.substr(first + 1, second - first - 1);
    const std::string path = line.substr(second + 1);
    const fs::path v1 = "/sys/fs/cgroup/memory", v2 = "/sys/fs/cgroup";
    if (controller == "memory") {
      add(v1.string() + path + "/memory.oom_control", true) || add(v1 / "memory.oom_control", true);
    } else if (controller.empty()) {
      add(v2.string() + path + "/memory.events", true) || add(v2 / "memory.events", true);
    }
  }
  add("/proc/vmstat", false);
  return counters;
}

OomWatch::OomWatch(std::vector<Counter> counters) {
  for (Counter& counter : counters) {
    const long value = read_counter(counter.file).value_or(0);
    watched_.push_back({std::move(counter), value});
  }
}

void OomWatch::look(double now_s) {
  for (Watched& one : watched_) {
    const auto value = read_counter(one.counter.file);
    if (!value || *value == one.value) continue;
    if (*value > one.value) one.moved_s = now_s;
    one.value = *value;
  }
}

std::optional<std::string> OomWatch::evidence(double now_s) {
  look(now_s);
  for (const Watched& one : watched_) {
    if (now_s - one.moved_s > kLately_s) continue;
    return one.counter.ours ? "killed by the kernel: the memory of its control group was used up"
                            : "killed, most likely by the kernel for lack of memory: its OOM killer"
                              " struck at that time";
  }
  return std::nullopt;
}

}  // namespace radsweep::orchestrator
