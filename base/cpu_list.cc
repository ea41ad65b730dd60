#include "base/cpu_list.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <sstream>
#include <tuple>

#include "base/durable_file.h"
#include "base/error.h"

namespace radsweep {
namespace {

std::optional<std::string> read_proc(const std::string& path) {
  try {
    return read_file_if_exists(path);
  } catch (const Error&) {
    return std::nullopt;  // not readable for us: as good as not there
  }
}

std::optional<double> read_number(const std::string& path) {
  const auto text = read_proc(path);
  if (!text) return std::nullopt;
  double number = 0;
  const auto parsed = std::from_chars(text->data(), text->data() + text->size(), number);
  return parsed.ec == std::errc() ? std::optional(number) : std::nullopt;
}

std::vector<int> affinity() {
  // The kernel refuses a mask that is too small for the machine, so grow until it fits.
  for (int room = 1024; room <= 1 << 18; room *= 4) {
    cpu_set_t* mask = CPU_ALLOC(static_cast<std::size_t>(room));
    const std::size_t bytes = CPU_ALLOC_SIZE(static_cast<std::size_t>(room));
    std::vector<int> cpus;
    if (::sched_getaffinity(0, bytes, mask) == 0) {
      for (int cpu = 0; cpu < room; ++cpu) {
        if (CPU_ISSET_S(static_cast<std::size_t>(cpu), bytes, mask)) cpus.push_back(cpu);
      }
    }
    CPU_FREE(mask);
    if (!cpus.empty()) return cpus;
  }
  return {0};
}

// Orders processors by package and core, so that hardware threads of a core are neighbours.
void order_by_core(std::vector<int>& cpus) {
  const auto place = [](int cpu) {
    const std::string folder = "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/";
    return std::tuple(read_number(folder + "physical_package_id").value_or(0),
                      read_number(folder + "core_id").value_or(cpu), cpu);
  };
  std::vector<decltype(place(0))> places;
  for (const int cpu : cpus) places.push_back(place(cpu));
  std::ranges::sort(places);
  std::ranges::transform(places, cpus.begin(), [](const auto& p) { return std::get<2>(p); });
}

// The smallest quota on the way from our cgroup to the root; v2 first, then v1.
std::optional<double> cgroup_quota() {
  std::optional<double> smallest;
  const auto take = [&smallest](std::optional<double> quota) {
    if (quota && (!smallest || *quota < *smallest)) smallest = quota;
  };
  std::istringstream lines(read_proc("/proc/self/cgroup").value_or(""));
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    std::string path = line.substr(second + 1);
    const bool v2 = controllers == ",,";
    if (!v2 && controllers.find(",cpu,") == std::string::npos) continue;
    for (;; path.resize(path.rfind('/'))) {  // in a container the path may not exist: the root does
      const std::string folder = (v2 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/cpu") + path + "/";
      if (v2) {
        if (const auto text = read_proc(folder + "cpu.max")) take(parse_cpu_max(*text));
      } else {
        const auto quota = read_number(folder + "cpu.cfs_quota_us");
        const auto period = read_number(folder + "cpu.cfs_period_us");
        if (quota && period && *quota > 0 && *period > 0) take(*quota / *period);
      }
      if (path.rfind('/') == std::string::npos) break;
    }
  }
  return smallest;
}

}  // namespace

int CpuList::usable() const {
  int count = std::max<int>(1, static_cast<int>(cpus.size()));
  if (quota) count = std::clamp(static_cast<int>(std::floor(*quota)), 1, count);
  return count;
}

CpuList list_cpus() {
  CpuList list{affinity(), cgroup_quota()};
  order_by_core(list.cpus);
  return list;
}

std::optional<double> parse_cpu_max(std::string_view text) {
  double quota = 0, period = 0;
  const char* end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, quota);
  if (first.ec != std::errc() || first.ptr == end) return std::nullopt;  // "max ..."
  const auto second = std::from_chars(first.ptr + 1, end, period);
  if (second.ec != std::errc() || quota <= 0 || period <= 0) return std::nullopt;
  return quota / period;
}

}  // namespace radsweep
