// An array as long as Slurm's default limit allows.
#include <chrono>
#include <iostream>

#include "tests/slurm/slurm_sandbox.h"

#include <doctest/doctest.h>

using namespace radsweep::test;

TEST_CASE("a thousand elements are taken in once, and again without a change") {
  constexpr int kRuns = 1000;
  constexpr double kLong_s = 600;
  SlurmSandbox sandbox(kRuns);
  CHECK(sandbox.launch("steps=1 step_ms=0", {"--detach"}).wait(kLong_s) == 0);
  REQUIRE(in_time([&] { return sandbox.queue_is_empty(); }, kLong_s));

  const auto before = std::chrono::steady_clock::now();
  CHECK(sandbox.say({"status"}) == 0);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - before;
  std::cout << "took in " << kRuns << " elements in " << took.count() << " s\n";

  CHECK(sandbox.ask_one("SELECT count(*) FROM runs WHERE state = 'done' AND attempts = 1") ==
        std::to_string(kRuns));
  const std::string dump = "sqlite3 '" + (sandbox.store() / "sweep.db").string() + "' .dump";
  const std::string once = sandbox.shell(dump);
  CHECK(once.size() > 100'000);
  CHECK(sandbox.say({"status"}) == 0);
  CHECK(sandbox.shell(dump) == once);
  CHECK(sandbox.complete() == 0);
  CHECK(sandbox.arrays() == 1);
  CHECK(sandbox.ask_one("SELECT count(*) FROM attempt") == std::to_string(kRuns));
  sandbox.check_nothing_left();
}
