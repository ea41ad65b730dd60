// A run that no GPU of the machine can hold, on GPUs that a stand-in for the driver shows.
#include <doctest/doctest.h>

#include <filesystem>

#include "tests/support/radsweep_says.h"
#include "tests/support/temp_dir.h"

using namespace radsweep;
using namespace radsweep::test;

namespace {

// No worker is there either, so that nothing can start.
Answer on_a_small_gpu(const TempDir& folder, const std::string& words) {
  return radsweep_says(folder.path(), "version >/dev/null; RADSWEEP_NVML_LIBRARY='" FAKE_NVML
                                      "' RADSWEEP_FAKE_GPUS='GPU-aaa:Small:64' "
                                      "RADSWEEP_WORKER=/nowhere \"$radsweep\" " +
                                          words + " '" SWEEPS_DIR "/smoke.yaml' 2>&1");
}

}  // namespace

TEST_CASE("run refuses what no GPU can hold before it leaves anything behind") {
  const TempDir folder;
  const Answer run = on_a_small_gpu(folder, "run");
  CHECK(run.exit_code == 4);
  CHECK(has(run, "32-tiny is predicted to need"));
  CHECK(has(run, "--ignore-memory"));
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("plan shows the plan first, and refuses as well") {
  const TempDir folder;
  const Answer plan = on_a_small_gpu(folder, "plan");
  CHECK(plan.exit_code == 4);
  CHECK(has(plan, "GPU 0 Small"));
  CHECK(has(plan, "32-tiny is predicted to need"));
}

TEST_CASE("run --ignore-memory comes past that") {
  const TempDir folder;
  const Answer run = on_a_small_gpu(folder, "run --ignore-memory");
  CHECK_FALSE(has(run, "is predicted to need"));
  CHECK(has(run, "RADSWEEP_WORKER names it"));
}
