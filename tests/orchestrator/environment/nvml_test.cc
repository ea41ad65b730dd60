#include "orchestrator/environment/nvml.h"

#include <doctest/doctest.h>

#include "base/error.h"
#include "tests/orchestrator/environment/set_variable.h"

using radsweep::Error;
using radsweep::orchestrator::Nvml;
using radsweep::test::SetVariable;

TEST_CASE("nvml reads uuid, name, memory, capability and processes of every GPU") {
  SetVariable gpus("RADSWEEP_FAKE_GPUS",
                   "GPU-aaa:Quadro P6000:24576:cc=6.1,"
                   "GPU-bbb:NVIDIA H200:143771:cc=9.0:pid=4711:pid=4712:graphics=99:used=771");
  const auto read = Nvml(FAKE_NVML).read();
  REQUIRE(read.size() == 2);
  CHECK(read[0].index == 0);
  CHECK(read[0].uuid == "GPU-aaa");
  CHECK(read[0].name == "Quadro P6000");
  CHECK(read[0].memory_total_mb == 24576);
  CHECK(read[0].memory_free_mb == 24576);
  CHECK(read[0].compute_capability->major == 6);
  CHECK(read[0].compute_capability->minor == 1);
  CHECK(read[0].compute.empty());
  CHECK(read[1].memory_free_mb == 143000);
  REQUIRE(read[1].compute.size() == 2);
  CHECK(read[1].compute[1].pid == 4712);
  CHECK(*read[1].compute[1].memory_mb == 771);
  CHECK(read[1].graphics.size() == 1);
}

TEST_CASE("nvml knows who computes through the Multi-Process Service, each process once") {
  SetVariable gpus("RADSWEEP_FAKE_GPUS", "GPU-aaa:A:100:pid=7:pid=8:mps=8:mps=9");
  const auto gpu = Nvml(FAKE_NVML).read().at(0);
  CHECK(gpu.mps_clients_known);
  REQUIRE(gpu.compute.size() == 3);
  CHECK(gpu.compute[0].pid == 7);
  CHECK(gpu.compute[1].pid == 8);
  CHECK(gpu.compute[2].pid == 9);
}

TEST_CASE("nvml takes what a GPU does not support as unknown") {
  SetVariable gpus("RADSWEEP_FAKE_GPUS", "GPU-aaa:Quadro P6000:24576");
  const auto gpu = Nvml(FAKE_NVML).read().at(0);
  CHECK_FALSE(gpu.compute_capability);
  CHECK_FALSE(gpu.uncorrected_ecc_errors);
  CHECK_FALSE(gpu.memory_repair_pending);
  CHECK_FALSE(gpu.memory_repair_failed);
  CHECK_FALSE(gpu.mig_enabled);
}

TEST_CASE("nvml lists a lost GPU with the driver's words instead of failing") {
  SetVariable gpus("RADSWEEP_FAKE_GPUS", "GPU-aaa:A:100:lost=1,GPU-bbb:B:100");
  const auto read = Nvml(FAKE_NVML).read();
  REQUIRE(read.size() == 2);
  CHECK(read[0].lost == "GPU is lost");
  CHECK(read[1].lost.empty());
}

TEST_CASE("nvml reads more processes than the first guess has room for") {
  std::string text = "GPU-aaa:A:100";
  for (int pid = 1; pid <= 100; ++pid) text += ":pid=" + std::to_string(pid);
  SetVariable gpus("RADSWEEP_FAKE_GPUS", text);
  CHECK(Nvml(FAKE_NVML).read().at(0).compute.size() == 100);
}

TEST_CASE("nvml says why a driver does not answer") {
  SetVariable init("RADSWEEP_FAKE_NVML_INIT", "9");
  CHECK_THROWS_WITH_AS(Nvml{FAKE_NVML}, doctest::Contains("Driver Not Loaded"), Error);
}

TEST_CASE("nvml names the library it could not load") {
  CHECK_THROWS_WITH_AS(Nvml{"/nowhere/libnvidia-ml.so.1"}, doctest::Contains("/nowhere"), Error);
}

TEST_CASE("nvml refuses a library that is something else") {
  CHECK_THROWS_WITH_AS(Nvml{"libm.so.6"}, doctest::Contains("it is not NVML"), Error);
}
