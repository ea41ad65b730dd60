#include "orchestrator/stop_signals.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "base/error.h"

namespace radsweep::orchestrator {
namespace {

sigset_t stopping_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGHUP);
  return set;
}

}  // namespace

StopSignals::StopSignals(Hangup hangup) {
  const sigset_t set = stopping_signals();
  // An ignored signal is never delivered, not even to a signalfd; a child shell's `&` ignores INT.
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  const auto earlier = std::signal(SIGHUP, SIG_IGN);
  if (hangup == Hangup::stops && earlier != SIG_IGN) std::signal(SIGHUP, SIG_DFL);  // not nohup's
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file size limit is a full disk: an error, not a death
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  fd_ = ::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  if (fd_ < 0) throw system_error("watch for", "signals", errno);
}

StopSignals::~StopSignals() {
  ::close(fd_);
  const sigset_t set = stopping_signals();
  ::sigprocmask(SIG_UNBLOCK, &set, nullptr);
}

int StopSignals::count() {
  signalfd_siginfo arrived;
  while (::read(fd_, &arrived, sizeof arrived) == static_cast<ssize_t>(sizeof arrived)) ++count_;
  return count_;
}

}  // namespace radsweep::orchestrator
