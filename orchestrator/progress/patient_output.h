// A descriptor for people that may be slow, stopped (Ctrl-S) or gone: writing to it never waits.
#pragma once

#include <string>
#include <string_view>

namespace radsweep::orchestrator {

// Does not own the descriptor and leaves its flags alone: they are shared with other processes.
// SIGPIPE must be ignored.
class PatientOutput {
 public:
  explicit PatientOutput(int fd) : fd_(fd) {}
  // Gives a slow reader up to a second for what is left.
  ~PatientOutput();
  PatientOutput(const PatientOutput&) = delete;
  PatientOutput& operator=(const PatientOutput&) = delete;

  // Writes what can be written now and keeps the rest for later calls, in order. Text beyond
  // 256 KiB of rest is dropped; after an error (the reader is gone) everything is.
  void write(std::string_view text);
  // Whether something still waits: time to leave out what is not worth keeping.
  bool behind();

 private:
  void flush(int wait_ms);
  int fd_;
  bool gone_ = false;
  std::string rest_;
};

}  // namespace radsweep::orchestrator
