#include "worker/attempt/alive_lock.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/temp_dir.h"

using namespace radsweep;
using namespace radsweep::attempt;

TEST_CASE("the alive lock has one holder and is free again when it is gone") {
  test::TempDir dir;
  CHECK_FALSE(probe_alive_lock(dir.path()).held);
  {
    const auto lock = AliveLock::take(dir.path());
    REQUIRE(lock);
    CHECK_FALSE(AliveLock::take(dir.path()));
    CHECK(probe_alive_lock(dir.path()).held);
  }
  CHECK_FALSE(probe_alive_lock(dir.path()).held);
}

TEST_CASE("a worker that holds the lock names itself in it") {
  test::TempDir dir;
  const AliveLock lock = AliveLock::hold_as_worker(dir.path());
  CHECK(probe_alive_lock(dir.path()).process == this_process());
}

TEST_CASE("the lock lives on in a child after the parent closed its copy") {
  test::TempDir dir;
  int release[2];
  REQUIRE(::pipe(release) == 0);
  auto lock = AliveLock::take(dir.path());
  REQUIRE(lock);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(release[1]);
    char byte;
    [[maybe_unused]] auto got = ::read(release[0], &byte, 1);  // until the parent closes its end
    ::_exit(0);
  }
  lock.reset();
  CHECK(probe_alive_lock(dir.path()).held);
  ::close(release[1]);
  ::waitpid(child, nullptr, 0);
  CHECK_FALSE(probe_alive_lock(dir.path()).held);
  ::close(release[0]);
}

TEST_CASE("is_running tells this process from another one with the same pid") {
  ProcessIdentity self = this_process();
  CHECK(is_running(self));
  ++self.start_ticks;
  CHECK_FALSE(is_running(self));
  self = this_process();
  self.boot_id = "another boot";
  CHECK_FALSE(is_running(self));
}
