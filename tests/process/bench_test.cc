// Measuring a sweep's speed: what is printed, and what is left when it ends in whatever way.
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/durable_file.h"
#include "tests/process/sandbox.h"

#include <doctest/doctest.h>

using namespace radsweep::test;
namespace fs = std::filesystem;

namespace {

// Two resolutions of two seeds each, with a temporary folder that can be looked into.
struct BenchSandbox : Sandbox {
  BenchSandbox() : Sandbox(2) {
    set({{"TMPDIR", folder().string()}});
    std::string text = radsweep::read_file(folder() / "tiny.yaml");
    text.replace(text.find("[32]"), 4, "[32, 16]");
    radsweep::replace_file(folder() / "tiny.yaml", text);
  }
  // The scratch folders of measurements.
  std::vector<fs::path> scratch() const {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(folder())) {
      if (entry.path().filename().string().starts_with("radsweep-bench-")) found.push_back(entry);
    }
    return found;
  }
  bool is_measuring() const {
    const auto folders = scratch();
    return folders.size() == 1 && fs::exists(folders[0] / "beat.json");
  }
  bool left_nothing() const {
    return workers().empty() && scratch().empty() && !fs::exists(folder() / "runs");
  }
};

bool contains(const std::string& text, const std::string& part) {
  CAPTURE(text);
  CHECK(text.find(part) != std::string::npos);
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("bench measures every cell once, tells the time of the sweep, and leaves nothing") {
  BenchSandbox sandbox;
  Radsweep bench = sandbox.command({"bench", "tiny.yaml"});
  CHECK(bench.wait() == 0);
  // 24.3 images an epoch: 20 of 23 studies with 28 images; validation of 14
  CHECK(contains(bench.output(), "32-small     2      80.0      50.0 to 100      500"));
  CHECK(contains(bench.output(), "16-small     2      80.0"));
  CHECK(contains(bench.output(), "time      2 s for 4 runs on 2 slots, the longest first\n"));
  CHECK(contains(bench.errors(),
                 "measuring 32-small-s1, cell 1 of 2\nmeasures at 32 px\n"
                 "CUDA_VISIBLE_DEVICES=\n"));
  CHECK(contains(bench.errors(), "measuring 16-small-s1, cell 2 of 2\n"));
  CHECK(sandbox.left_nothing());
}

TEST_CASE("bench gives its report as JSON, and plan takes its times from the file") {
  BenchSandbox sandbox;
  Radsweep bench = sandbox.command({"bench", "tiny.yaml", "--json", "-o", "speeds.json"});
  CHECK(bench.wait() == 0);
  CHECK(bench.output() == radsweep::read_file(sandbox.folder() / "speeds.json"));
  const auto report = nlohmann::json::parse(bench.output());
  CHECK(report["cells"].size() == 2);
  CHECK(report["cells"][0]["full"]["images_per_second"].get<double>() == doctest::Approx(80));
  const double run_s = report["cells"][0]["run_seconds"];
  CHECK(report["seconds"].get<double>() == doctest::Approx(2 * run_s));

  Radsweep plan = sandbox.command({"plan", "tiny.yaml", "--speeds", "speeds.json", "--json"});
  CHECK(plan.wait() == 0);
  const auto planned = nlohmann::json::parse(plan.output());
  CHECK(planned["runs"][0]["seconds"].get<double>() == doctest::Approx(run_s));
  CHECK(planned["seconds"].get<double>() == doctest::Approx(2 * run_s));
  CHECK(planned["benchmark"] == "speeds.json (fake)");
  CHECK(sandbox.command({"plan", "tiny.yaml", "--speeds", "tiny.yaml"}).wait() == 2);
}

TEST_CASE("cells that differ in nothing that costs time are measured once") {
  BenchSandbox sandbox;
  std::string text = radsweep::read_file(sandbox.folder() / "tiny.yaml");
  text.replace(text.find("  seed:"), 7, "  base_lr: [0.001, 0.002]\n  seed:");
  radsweep::replace_file(sandbox.folder() / "tiny.yaml", text);
  Radsweep bench = sandbox.command({"bench", "tiny.yaml"});
  CHECK(bench.wait() == 0);
  CHECK(contains(bench.output(), "32-small base_lr=0.002     2      80.0"));
  const std::string errors = bench.errors();
  CHECK(errors.find("measures at 32 px") == errors.rfind("measures at 32 px"));
}

TEST_CASE("a cell that cannot be measured says why, and the others go on") {
  BenchSandbox sandbox;
  std::string fake, why;
  SUBCASE("out of memory") {
    fake = "32: fail=out_of_memory";
    why = "out_of_memory: the fake worker was told to fail";
  }
  SUBCASE("killed") {
    fake = "32: signal=15";
    why = "radsweep-worker ended with signal 15 (Terminated)";
  }
  SUBCASE("no answer") {
    fake = "32: exit=3";
    why = "radsweep-worker ended with exit code 3";
  }
  Radsweep bench = sandbox.command({"bench", "tiny.yaml"}, fake);
  CHECK(bench.wait() == 3);
  CHECK(contains(bench.output(), "failed    32-small: " + why + "\n"));
  CHECK(contains(bench.output(), "16-small     2      80.0"));
  CHECK(contains(bench.output(), "for 2 of 4 runs"));
  CHECK(sandbox.left_nothing());
}

TEST_CASE("Ctrl-C ends a measurement with exit code 75, and leaves nothing") {
  BenchSandbox sandbox;
  Radsweep bench = sandbox.command({"bench", "tiny.yaml"}, "wait_for=" + sandbox.gate());
  REQUIRE(eventually([&] { return sandbox.is_measuring(); }));
  SUBCASE("INT") {
    bench.signal(SIGINT);
  }
  SUBCASE("TERM") {
    bench.signal(SIGTERM);
  }
  CHECK(bench.wait() == 75);
  CHECK(contains(bench.errors(), "the same command begins it anew"));
  CHECK(bench.output().empty());
  CHECK(sandbox.left_nothing());
}

TEST_CASE("the second Ctrl-C kills a worker that does not listen, with exit code 130") {
  BenchSandbox sandbox;
  Radsweep bench =
      sandbox.command({"bench", "tiny.yaml"}, "ignore_term wait_for=" + sandbox.gate());
  REQUIRE(eventually([&] { return sandbox.is_measuring(); }));
  bench.signal(SIGINT);
  CHECK_FALSE(bench.wait(0.2));
  bench.signal(SIGINT);
  CHECK(bench.wait() == 130);
  CHECK(sandbox.left_nothing());
}

TEST_CASE("a measurement that is killed takes its worker along") {
  BenchSandbox sandbox;
  Radsweep bench = sandbox.command({"bench", "tiny.yaml"}, "wait_for=" + sandbox.gate());
  REQUIRE(eventually([&] { return sandbox.is_measuring() && sandbox.workers().size() == 1; }));
  bench.signal(SIGKILL);
  CHECK(bench.wait() == -SIGKILL);
  CHECK(eventually([&] { return sandbox.workers().empty(); }, 2));
}

TEST_CASE("bench refuses a sweep whose runs are a program of the user's") {
  BenchSandbox sandbox;
  radsweep::replace_file(sandbox.folder() / "own.yaml", R"(
name: own
worker: {command: ["true", "{lr}"]}
grid: {lr: [1, 2]}
objective: {metric: loss, mode: min}
)");
  Radsweep bench = sandbox.command({"bench", "own.yaml"});
  CHECK(bench.wait() == 2);
  CHECK(contains(bench.errors(), "by a program of yours"));
}

TEST_CASE("bench refuses a sweep file or a GPU that there is not, as run does") {
  BenchSandbox sandbox;
  CHECK(sandbox.command({"bench", "none.yaml"}).wait() != 0);
  CHECK(sandbox.command({"bench", "tiny.yaml", "--gpus", "77"}).wait() == 4);
  CHECK(sandbox.command({"bench", "tiny.yaml", "--steps", "0"}).wait() == 2);
  sandbox.set({{"RADSWEEP_WORKER", "/nowhere"}});
  CHECK(sandbox.command({"bench", "tiny.yaml"}).wait() == 4);
  CHECK(sandbox.left_nothing());
}
