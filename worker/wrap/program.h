// Starting the user's program. No shell.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace radsweep::wrap {

struct ProgramStart {
  std::vector<std::string> command;                  // argv; [0] is looked for on PATH
  std::filesystem::path folder;                      // where it runs
  std::map<std::string, std::string> environment{};  // changes to ours
  int metrics_fd = -1;                               // becomes kMetricsDescriptor
  int lock_fd = -1;                                  // becomes kLockDescriptor
};

// High enough not to be in the way of a script's own `exec 3>`, one digit for `>&9`.
inline constexpr int kMetricsDescriptor = 9;
// The attempt's lock: held as long as the program lives, whatever becomes of us.
inline constexpr int kLockDescriptor = 8;

// The file of a program, looked for as a shell does: a name with a slash is a path, seen from
// `folder`, any other is on PATH. Throws Error(usage) when there is none that can be executed.
std::filesystem::path find_program(const std::string& name, const std::filesystem::path& folder);

// The process id of the program, in our process group and killed when this thread ends. Throws
// Error(usage) when there is no such program or it cannot be executed.
int start_program(const ProgramStart& start);

}  // namespace radsweep::wrap
