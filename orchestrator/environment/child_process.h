// One child that we wait for: started without a shell, stoppable.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace radsweep::orchestrator {

enum class ChildOutput {
  to_stderr,  // what it prints goes where our words for people go: stdout is for data
  captured
};

struct ChildEnd {
  int exit_code = 0;    // meaningful when term_signal is 0
  int term_signal = 0;  // the signal that ended it
  std::string output;   // its stdout when captured
  bool succeeded() const { return exit_code == 0 && term_signal == 0; }
};
// "exit code 4", "signal 9 (Killed)".
std::string describe(const ChildEnd& end);

// Runs `program` with `arguments` in a process group of its own, stdin /dev/null, and waits. An
// INT, TERM or HUP that we get meanwhile is passed on, a second one kills it; both then throw
// Error, with code stopped or interrupted. Throws Error(environment) when it cannot be started.
// When we die, even by KILL, the child is killed. Call from the main thread: the child dies with
// the thread that started it. Other threads must block these signals.
ChildEnd run_child(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                   ChildOutput output = ChildOutput::to_stderr);

}  // namespace radsweep::orchestrator
