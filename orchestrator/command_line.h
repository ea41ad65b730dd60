// The command line: all verbs in one application, and words for what was mistyped.
#pragma once

namespace radsweep::orchestrator {

// Parses and runs. Returns the process's exit code; a wrong command line is explained on stderr
// and returns 2. Lets the Error of a verb pass.
int run_command_line(int argc, char** argv);

}  // namespace radsweep::orchestrator
