// Ctrl-C and its relatives as something the loop can ask for, instead of a handler.
#pragma once

namespace radsweep::orchestrator {

enum class Hangup { stops, ignored };  // what a closed terminal means

// From construction on SIGINT, SIGTERM and (when it stops) SIGHUP are blocked and counted; SIGPIPE
// is ignored, so that a reader of our output may leave. One object per process; main thread.
// Restores the signals when destroyed.
class StopSignals {
 public:
  explicit StopSignals(Hangup hangup);
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  // How many arrived until now.
  int count();
  // Readable when one arrived that count() has not seen; for poll(2).
  int descriptor() const { return fd_; }

 private:
  int fd_ = -1;
  int count_ = 0;
};

}  // namespace radsweep::orchestrator
