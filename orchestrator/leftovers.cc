#include "orchestrator/leftovers.h"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <optional>
#include <string>

#include "orchestrator/spawn_worker.h"

namespace radsweep::orchestrator {
namespace fs = std::filesystem;
namespace {

constexpr int kLooks = 400;  // of 5 ms: one that hangs in a driver is not waited for
constexpr int kPauseMs = 5;

std::optional<int> pid_in(const std::string& name) {
  int pid = 0;
  const char* end = name.data() + name.size();
  const auto parsed = std::from_chars(name.data(), end, pid);
  return parsed.ec == std::errc() && parsed.ptr == end ? std::optional(pid) : std::nullopt;
}

// One may start another while we look, so whoever is left is looked for again.
bool kill_all(const fs::path& folder, const std::vector<int>& spared) {
  bool found = false;
  std::error_code gone;
  for (fs::directory_iterator entry("/proc", gone), end; !gone && entry != end;
       entry.increment(gone)) {
    const auto pid = pid_in(entry->path().filename().string());
    if (!pid || *pid == ::getpid() || std::count(spared.begin(), spared.end(), *pid) > 0) continue;
    if (!carries_attempt(*pid, folder)) continue;
    found = true;
    ::kill(*pid, SIGKILL);
    ::waitpid(*pid, nullptr, WNOHANG);  // if it came home to us, its subreaper
  }
  return found;
}

}  // namespace

void end_leftovers(const fs::path& folder, const std::vector<int>& spared) {
  for (int look = 0; look < kLooks && kill_all(folder, spared); ++look) {
    ::poll(nullptr, 0, kPauseMs);
  }
}

}  // namespace radsweep::orchestrator
