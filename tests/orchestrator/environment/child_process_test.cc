#include "orchestrator/environment/child_process.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <csignal>

#include "base/error.h"

using namespace radsweep::orchestrator;
using radsweep::Error;
using radsweep::ExitCode;

namespace {

ChildEnd shell(const std::string& script) {
  return run_child("/bin/sh", {"-c", script}, ChildOutput::captured);
}

// Runs `script`, which signals its parent, and returns the code of the Error that follows.
ExitCode code_after_signals(const std::string& script) {
  try {
    shell(script);
  } catch (const Error& error) {
    return error.code();
  }
  return ExitCode::complete;
}

}  // namespace

TEST_CASE("run_child passes arguments as they are and captures the output") {
  const auto end = run_child("/bin/echo", {"No Finding", "$HOME", "*", ""}, ChildOutput::captured);
  CHECK(end.succeeded());
  CHECK(end.output == "No Finding $HOME * \n");
}

TEST_CASE("run_child captures more than a pipe holds") {
  CHECK(shell("head -c 300000 /dev/zero").output.size() == 300000);
}

TEST_CASE("run_child tells exit codes from signals") {
  CHECK(shell("exit 7").exit_code == 7);
  CHECK(describe(shell("exit 7")) == "exit code 7");
  CHECK(shell("kill -9 $$").term_signal == SIGKILL);
  CHECK_FALSE(shell("kill -9 $$").succeeded());
}

TEST_CASE("run_child names the program that cannot be started") {
  CHECK_THROWS_WITH_AS(run_child("/nowhere/radsweep-worker", {}),
                       doctest::Contains("/nowhere/radsweep-worker"), Error);
}

TEST_CASE("a signal to us reaches the child, which may end in good order") {
  CHECK(code_after_signals("trap 'exit 0' TERM; kill -TERM $PPID; while :; do sleep 0.01; done") ==
        ExitCode::stopped);
  CHECK(code_after_signals("kill -INT $PPID; while :; do sleep 0.01; done") == ExitCode::stopped);
}

TEST_CASE("a second signal kills a child that ignores the first") {
  CHECK(code_after_signals("trap 'kill -INT $PPID' TERM; kill -TERM $PPID; "
                           "while :; do sleep 0.01; done") == ExitCode::interrupted);
}

TEST_CASE("the child starts with signals as after login even when we block them") {
  sigset_t all, before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const auto end = shell("kill -TERM $$; sleep 10");
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  CHECK(end.term_signal == SIGTERM);
}
