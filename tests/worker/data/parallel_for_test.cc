#include "worker/data/parallel_for.h"

#include <doctest/doctest.h>
#include <sched.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

using radsweep::data::parallel_for;

TEST_CASE("parallel_for calls every index once, with any number of threads") {
  for (const int threads : {0, 1, 3, 40}) {
    std::vector<std::atomic<int>> calls(20);
    parallel_for(calls.size(), threads, [&](std::size_t i) { ++calls[i]; });
    for (const auto& count : calls) CHECK(count == 1);
  }
  parallel_for(0, 2, [](std::size_t) { FAIL("there is nothing to call"); });
}

TEST_CASE("parallel_for throws what a call throws and begins no further ones") {
  std::atomic<int> calls = 0;
  const auto call = [&](std::size_t i) {
    ++calls;
    if (i == 2) throw std::runtime_error("third");
  };
  CHECK_THROWS_WITH(parallel_for(1000, 1, call), "third");
  CHECK(calls == 3);
}

TEST_CASE("parallel_for runs on one thread where the process may use one processor") {
  cpu_set_t before, one;
  REQUIRE(::sched_getaffinity(0, sizeof before, &before) == 0);
  CPU_ZERO(&one);
  CPU_SET(::sched_getcpu(), &one);
  REQUIRE(::sched_setaffinity(0, sizeof one, &one) == 0);
  std::mutex mutex;
  std::set<std::thread::id> seen;
  parallel_for(8, 0, [&](std::size_t) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    const std::scoped_lock lock(mutex);
    seen.insert(std::this_thread::get_id());
  });
  ::sched_setaffinity(0, sizeof before, &before);
  CHECK(seen.size() == 1);
}
