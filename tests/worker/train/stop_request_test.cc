#include "worker/train/stop_request.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <initializer_list>

using namespace radsweep::train;

namespace {

// Raises the signals in a child and returns whether it lived and took them for a stop request.
bool asks_to_stop(std::initializer_list<int> signals) {
  const pid_t child = ::fork();
  if (child == 0) {
    listen_for_stop_requests();
    if (stop_requested()) ::_exit(2);
    for (const int signal : signals) ::raise(signal);
    ::_exit(stop_requested() ? 1 : 0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  REQUIRE(WIFEXITED(status));
  REQUIRE(WEXITSTATUS(status) != 2);
  return WEXITSTATUS(status) == 1;
}

}  // namespace

TEST_CASE("TERM, INT and USR2 ask to stop, a second one changes nothing") {
  CHECK(asks_to_stop({SIGTERM}));
  CHECK(asks_to_stop({SIGINT}));
  CHECK(asks_to_stop({SIGUSR2}));
  CHECK(asks_to_stop({SIGTERM, SIGTERM, SIGINT}));
}

TEST_CASE("a hang-up is survived and is no request") {
  CHECK_FALSE(asks_to_stop({SIGHUP}));
}
