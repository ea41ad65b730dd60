#include "worker/train/stop_request.h"

#include <atomic>
#include <csignal>

namespace radsweep::train {
namespace {

// A handler can reach nothing but static storage.
std::atomic<bool> requested{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void handle(int /*signal*/) {
  requested.store(true);
}

}  // namespace

void listen_for_stop_requests() {
  struct sigaction action = {};
  action.sa_handler = handle;
  action.sa_flags = SA_RESTART;  // file writes go on undisturbed
  sigemptyset(&action.sa_mask);
  for (const int signal : {SIGTERM, SIGINT, SIGUSR2}) sigaction(signal, &action, nullptr);
  action.sa_handler = SIG_IGN;
  sigaction(SIGHUP, &action, nullptr);
}

bool stop_requested() {
  return requested.load();
}

}  // namespace radsweep::train
