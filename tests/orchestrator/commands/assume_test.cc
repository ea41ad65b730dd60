// Planning on a machine that has neither the data nor the GPUs.
#include <doctest/doctest.h>

#include "tests/support/radsweep_says.h"
#include "tests/support/temp_dir.h"

using namespace radsweep;
using namespace radsweep::test;

namespace {

Answer plan_of_paper(const std::string& words) {
  const TempDir folder;
  return radsweep_says(folder.path(), "plan '" SWEEPS_DIR "/chexpert.yaml' " + words + " 2>&1");
}

}  // namespace

TEST_CASE("assumed GPUs are planned for without the data, by its published counts, and said so") {
  const Answer plan = plan_of_paper("--assume-gpus 5xP6000");
  CHECK(plan.exit_code == 0);
  CHECK(has(plan,
            "data    the published counts of CheXpert, as /data/CheXpert-v1.0 holds no data"
            ": 75975 training studies, 90459 images\n"));
  CHECK(has(plan, "weights are not there either"));
  CHECK(has(plan, "\nGPU 4 P6000  "));
  CHECK_FALSE(has(plan, "predicted to need"));
}

TEST_CASE("without assumed GPUs missing data is refused as by run") {
  const Answer plan = plan_of_paper("--cpu-slots 1");
  CHECK(plan.exit_code == 4);
  CHECK(has(plan, "there is no train.csv"));
}

TEST_CASE("runs that do not fit the assumed GPUs are named after the plan, and refused") {
  const Answer plan = plan_of_paper("--assume-gpus 5xP6000:8");
  CHECK(plan.exit_code == 4);
  CHECK(has(plan, "\nGPU 4 P6000  "));
  CHECK(has(plan, "480-densenet161 is predicted to need 10.4 GiB, a slot has 8.0 GiB"));
  CHECK(has(plan_of_paper("--assume-gpus 5xFuture"), "is not checked"));
}
