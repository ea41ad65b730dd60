// Which process is meant, so that a reused pid is never mistaken for it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace radsweep::attempt {

struct ProcessIdentity {
  std::string host;
  std::string boot_id;  // /proc/sys/kernel/random/boot_id
  int pid = 0;
  std::uint64_t start_ticks = 0;  // field 22 of /proc/<pid>/stat

  bool operator==(const ProcessIdentity&) const = default;
};

ProcessIdentity this_process();
// nullopt when there is no such process now.
std::optional<ProcessIdentity> process_with_pid(int pid);
// True when exactly this process lives on this host and boot and is not a zombie.
bool is_running(const ProcessIdentity& process);

std::string to_json_text(const ProcessIdentity& process);
std::optional<ProcessIdentity> process_from_json_text(const std::string& text);

}  // namespace radsweep::attempt
