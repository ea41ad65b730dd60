// Unpromising runs: stopped early, left alone afterwards, taken up again when somebody wants them.
#include <filesystem>
#include <fstream>

#include "tests/process/sandbox.h"

#include <doctest/doctest.h>

using namespace radsweep::test;

TEST_CASE("a run below the median leaves with a checkpoint, stays away, and goes on when retried") {
  Sandbox sandbox(3);
  std::ofstream(sandbox.folder() / "tiny.yaml", std::ios::app)
      << "prune: {median: {warmup_epochs: 0, min_runs: 2}}\n";
  // One slot: two runs end before the third, which waits in its last epoch for a gate that is shut.
  const std::vector<std::string> one_slot = {"--cpu-slots", "1"};
  const std::string held = "32-small-s3: at=5 wait_for=" + sandbox.gate();
  Radsweep radsweep = sandbox.start(held, one_slot);
  CHECK(radsweep.wait() == 0);
  const auto state = [&] {
    return sandbox.ask_one("SELECT state FROM runs WHERE run_id = '32-small-s3'");
  };
  CHECK(state() == "cancelled");
  CHECK(sandbox.ask_one("SELECT detail FROM event WHERE kind = 'pruned'")
            .find("epoch 1: 0.608 is below 0.61, the median of 2 other runs") == 0);
  CHECK(sandbox.ask_one("SELECT outcome FROM attempt ORDER BY started_ms DESC") == "stopped");
  CHECK(std::filesystem::exists(sandbox.attempt("32-small-s3", 1) / "last.ckpt"));
  CHECK(sandbox.workers().empty());

  CHECK(sandbox.run() == 0);
  CHECK(sandbox.ask_one("SELECT count(*) FROM attempt") == "3");
  Radsweep results = sandbox.command({"results"});
  CHECK(results.wait() == 0);
  CHECK(results.output().find("3 (pruned)") != std::string::npos);
  CHECK(results.output().find("leave out 1 pruned run") != std::string::npos);

  Radsweep retry = sandbox.command({"retry", "32-small-s3"});
  CHECK(retry.wait() == 0);
  CHECK(sandbox.run() == 0);
  CHECK(state() == "done");
  Sandbox calm(3);
  REQUIRE(calm.run() == 0);
  CHECK(sandbox.numbers() == calm.numbers());
}
