// A program of somebody else's that may hang: found on PATH, given so much time, its words caught.
#pragma once

#include <string>
#include <vector>

namespace radsweep::orchestrator::slurm {

struct CommandEnd {
  int exit_code = 0;       // meaningful when it ended by itself
  int term_signal = 0;     // the signal that ended it
  bool timed_out = false;  // it was killed, and may have done its work or not
  std::string output, errors;
  bool succeeded() const { return !timed_out && exit_code == 0 && term_signal == 0; }
};

// Starts words[0] without a shell, in a group of its own (a terminal's Ctrl-C does not reach it),
// stdin /dev/null, and waits for it; after `timeout_s` it is killed with its group. Throws
// Error(environment) when it is not on PATH or cannot be started.
CommandEnd run_command(const std::vector<std::string>& words, double timeout_s);

// What it said went wrong, in one line: its last line, or how it ended.
std::string complaint_of(const CommandEnd& end);

}  // namespace radsweep::orchestrator::slurm
