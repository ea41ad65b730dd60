#include "worker/attempt/alive_lock.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <string>
#include <thread>

#include "base/error.h"
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

TEST_CASE("a lock that is only probed can be taken at any moment") {
  test::TempDir dir;
  std::atomic<bool> enough = false;
  std::jthread probing([&] {
    while (!enough) probe_alive_lock(dir.path());
  });
  int taken = 0;
  for (int i = 0; i < 200; ++i) taken += AliveLock::take(dir.path()) ? 1 : 0;
  enough = true;
  CHECK(taken == 200);
}

TEST_CASE("a worker holds the lock it inherited, and refuses a descriptor of anything else") {
  test::TempDir dir;
  test::TempDir other;
  const auto lock = AliveLock::take(dir.path());
  REQUIRE(lock);
  const auto elsewhere = AliveLock::take(other.path());
  REQUIRE(elsewhere);
  for (const std::string& wrong :
       {std::string("x"), std::string("0x"), std::string(), std::string("-1"), std::string("9999"),
        std::to_string(elsewhere->descriptor())}) {
    CAPTURE(wrong);
    ::setenv(kAliveFdVariable, wrong.c_str(), 1);
    CHECK_THROWS_WITH_AS(AliveLock::hold_as_worker(dir.path()),
                         doctest::Contains("no descriptor of this file"), Error);
  }
  // as after an exec: the same open file under another number
  ::setenv(kAliveFdVariable, std::to_string(::dup(lock->descriptor())).c_str(), 1);
  const AliveLock held = AliveLock::hold_as_worker(dir.path());
  CHECK(std::getenv(kAliveFdVariable) == nullptr);
  CHECK(probe_alive_lock(dir.path()).process == this_process());
}

TEST_CASE("an inherited descriptor does not pass by a lock that another process holds") {
  test::TempDir dir;
  const auto lock = AliveLock::take(dir.path());
  REQUIRE(lock);
  const int unlocked = ::open((dir / "alive.lock").c_str(), O_RDWR | O_CLOEXEC);
  ::setenv(kAliveFdVariable, std::to_string(unlocked).c_str(), 1);
  CHECK_THROWS_WITH_AS(AliveLock::hold_as_worker(dir.path()), doctest::Contains("another process"),
                       Error);
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
