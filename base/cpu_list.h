// The processors we may use: affinity mask and cgroup quota.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace radsweep {

struct CpuList {
  // Processors of our affinity mask; hardware threads of one core are neighbours, so that cutting
  // the list into runs of equal length gives every part whole cores where possible.
  std::vector<int> cpus;
  std::optional<double> quota;  // processors' worth of time that our cgroup allows; nothing: all

  // How many threads can really run at once: min(cpus, quota rounded down), at least 1.
  int usable() const;
};

// Never throws for missing files: what /proc or /sys does not tell is left out.
CpuList list_cpus();

// The quota in `text` of cgroup v2's cpu.max ("150000 100000", "max 100000"); nullopt: none.
std::optional<double> parse_cpu_max(std::string_view text);

}  // namespace radsweep
