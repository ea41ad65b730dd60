// `grid: {gpus_per_run: [1, 2]}`: runs on one slot and on two share a machine.
#include <csignal>
#include <fstream>
#include <string>
#include <vector>

#include "base/durable_file.h"
#include "tests/process/sandbox.h"

#include <doctest/doctest.h>

using namespace radsweep::test;

namespace {

void replace(std::string& text, const std::string& old_words, const std::string& words) {
  REQUIRE(text.find(old_words) != std::string::npos);
  text.replace(text.find(old_words), old_words.size(), words);
}

// Two seeds on one slot and two on two; there are two slots.
class OneAndTwo : public Sandbox {
 public:
  OneAndTwo() : Sandbox(2) {
    std::string sweep = radsweep::read_file(folder() / "tiny.yaml");
    replace(sweep, "seed: [1, 2]", "seed: [1, 2]\n  gpus_per_run: [1, 2]");
    replace(sweep, "cpu_slots: 2", "cpu_slots: 1");
    radsweep::replace_file(folder() / "tiny.yaml", sweep);
  }
};

}  // namespace

TEST_CASE("runs on one slot and on two share a machine, through the death of the orchestrator") {
  OneAndTwo sandbox;
  const std::string fake = "wait_for=" + sandbox.gate();
  Radsweep radsweep = sandbox.start(fake);
  REQUIRE(eventually([&] { return sandbox.workers().size() == 1; }));
  CHECK(sandbox.ask("SELECT run_id FROM runs WHERE state = 'running'") ==
        std::vector<std::string>{"32-small-s1-gpus_per_run=2"});
  radsweep.signal(SIGKILL);
  REQUIRE(radsweep.wait() == -SIGKILL);
  Radsweep next = sandbox.start(fake);
  sandbox.open_gate();
  CHECK(next.wait(60) == 0);
  CHECK(sandbox.ask("SELECT run.name || ' ' || gpus || ' ' || length(slot) FROM attempt JOIN run ON"
                    " run.id = run_id WHERE state = 'done' ORDER BY 1") ==
        std::vector<std::string>{
            "32-small-s1-gpus_per_run=1 1 5", "32-small-s1-gpus_per_run=2 2 11",
            "32-small-s2-gpus_per_run=1 1 5", "32-small-s2-gpus_per_run=2 2 11"});
  CHECK(sandbox.ask("SELECT slot FROM attempt ORDER BY started_ms LIMIT 2") ==
        std::vector<std::string>(2, "cpu:0+cpu:1"));
}
