#include "worker/train/visible_gpus.h"

#include <doctest/doctest.h>

#include <cstdlib>

#include "base/error.h"

using namespace radsweep;
using namespace radsweep::train;

namespace {

constexpr const char* kFirst = "GPU-00102030-4050-6070-8090-a0b0c0d0e0f0";

void plug_in(const char* gpus) {
  ::setenv("FAKE_CUDA_GPUS", gpus, 1);
}

std::string why_refused(const std::string& uuid, const std::string& driver) {
  try {
    require_gpu(uuid, driver);
  } catch (const Error& failure) {
    CHECK(failure.code() == ExitCode::environment);
    return failure.why();
  }
  return "";
}

}  // namespace

TEST_CASE("the GPU asked for is accepted under the driver's own UUID and name") {
  plug_in("1");
  const VisibleGpu gpu = require_gpu(kFirst, FAKE_CUDA);
  CHECK(gpu.uuid == kFirst);
  CHECK(gpu.name == "Fake P6000");
}

TEST_CASE("another GPU, none or several are refused") {
  plug_in("1");
  CHECK(why_refused("GPU-00000000-0000-0000-0000-000000000000", FAKE_CUDA).find(kFirst) !=
        std::string::npos);
  plug_in("0");
  CHECK(why_refused(kFirst, FAKE_CUDA).find("not 0") != std::string::npos);
  plug_in("2");
  CHECK(why_refused(kFirst, FAKE_CUDA).find("not 2") != std::string::npos);
}

TEST_CASE("a broken or missing driver is an error of the environment") {
  plug_in("10");
  CHECK(why_refused(kFirst, FAKE_CUDA).find("cuInit failed with status 999") != std::string::npos);
  CHECK(why_refused(kFirst, "libno-such-driver.so").find("no NVIDIA driver") != std::string::npos);
}
