// The one exception of radsweep, and the exit codes of both programs.
#pragma once

#include <stdexcept>
#include <string>

namespace radsweep {

// What a program of ours returns to the shell. Documented in README.md and in --help.
enum class ExitCode : int {
  complete = 0,
  internal = 1,      // a bug of ours
  usage = 2,         // wrong command line or bad sweep file
  failed_runs = 3,   // the sweep ended, some runs failed
  environment = 4,   // data, driver, disk or another thing outside us is unusable
  store_owned = 5,   // another orchestrator works on this store
  stopped = 75,      // stopped in good order, run again to continue
  interrupted = 130  // second Ctrl-C
};

// "Cannot go on", told so that the reader can act: what was being done, on which thing, why it
// failed and what to try next. `where` is "file:line:column", a path, a row or a run; `why` is
// the cause in one line; `hint` may be empty. what() joins them as
//   cannot <doing> <where>: <why>
//     try: <hint>
class Error : public std::runtime_error {
 public:
  Error(ExitCode code, std::string doing, std::string where, std::string why,
        std::string hint = {});

  ExitCode code() const { return code_; }
  const std::string& doing() const { return doing_; }
  const std::string& where() const { return where_; }
  const std::string& why() const { return why_; }
  const std::string& hint() const { return hint_; }

 private:
  ExitCode code_;
  std::string doing_, where_, why_, hint_;
};

// An Error for a failed system call: `why` is the text of `error_number` (errno).
Error system_error(std::string doing, std::string where, int error_number, std::string hint = {});

// Our bug: throws an Error with code internal and the given message when `condition` is false.
void ensure(bool condition, const char* message);

}  // namespace radsweep
