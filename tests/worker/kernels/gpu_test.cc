#include "worker/kernels/cuda/gpu.h"

#include <ATen/Context.h>
#include <c10/util/Exception.h>

#include <filesystem>

#include "base/error.h"
#include "tests/worker/kernels/fake_gpu.h"
#include "worker/kernels/cuda/graphs.h"
#include "worker/kernels/cuda/stream.h"
#include "worker/kernels/norm_relu.h"
#undef CHECK
#include <doctest/doctest.h>

using namespace radsweep;
using namespace kernels::cuda;

TEST_CASE("kernels that do not compile are an error with the compiler's log") {
  const FakeGpuSetting setting("FAKE_GPU_FAILS", "nvrtcCompileProgram");
  CHECK_THROWS_WITH_AS(fake_gpu(),
                       doctest::Contains("for sm_61: NVRTC_ERROR_COMPILATION\n"
                                         "radsweep.cu(7): error: expected a"),
                       Error);
}

TEST_CASE("a kernel that does not start is LibTorch's error, which names the call") {
  const Gpu gpu = fake_gpu();
  const FakeGpuSetting setting("FAKE_GPU_FAILS", "cuLaunchKernel");
  CHECK_THROWS_WITH_AS(gpu.launch("norm_relu", {1, 1}, 0),
                       doctest::Contains("CUDA driver error: cuLaunchKernel: an illegal memory"),
                       c10::Error);
}

TEST_CASE("a kernel that is not among the compiled ones is refused") {
  const Gpu gpu = fake_gpu();
  CHECK_THROWS_WITH_AS(gpu.launch("other", {1, 1}, 0), doctest::Contains("cuModuleGetFunction"),
                       c10::Error);
}

TEST_CASE("a library that is not there is an error with its name") {
  CHECK_THROWS_WITH_AS(Gpu("libnothing.so", 0, [] { return nullptr; }),
                       doctest::Contains("cannot load libnothing.so"), Error);
}

TEST_CASE("without CUDA's libraries a GPU is refused before the training, a CPU is not") {
  CHECK_NOTHROW(kernels::prepare(c10::Device(c10::kCPU)));
  if (std::filesystem::exists(std::filesystem::path(TORCH_LIBRARIES) / "libcaffe2_nvrtc.so")) {
    MESSAGE("not checked: this LibTorch has CUDA's libraries");
    return;
  }
  CHECK_THROWS_WITH_AS(kernels::prepare(c10::Device(c10::kCUDA, 0)),
                       doctest::Contains("cannot load libcaffe2_nvrtc.so"), Error);
}

TEST_CASE("what a GPU refuses to record is told apart from its other faults") {
  const auto refused = [](const char* text) {
    return refusal_to_record(c10::Error({"", "", 0}, text));
  };
  const auto refusal =
      refused("CUDA error: operation not permitted when stream is capturing\nmore");
  REQUIRE(refusal.has_value());
  CHECK(refusal->code() == ExitCode::usage);
  CHECK(refusal->why() == "CUDA error: operation not permitted when stream is capturing");
  CHECK_FALSE(refused("CUDA error: out of memory"));
  CHECK_FALSE(refused("CUDA error: an illegal memory access was encountered"));
}

TEST_CASE("a run that wants CUDA graphs where they cannot be loaded is refused with the way out") {
  if (at::globalContext().hasCUDA()) {
    MESSAGE("not checked: CUDA is loaded");
    return;
  }
  try {
    open_graph_recorder(c10::Device(c10::kCUDA, 0));
    FAIL("opened without CUDA");
  } catch (const Error& refused) {
    CHECK(refused.code() == ExitCode::usage);
    CHECK(refused.where() == "cuda_graphs: true");
    CHECK(refused.hint().find("cuda_graphs: false") == 0);
  }
}

TEST_CASE("a library without a function that is needed is an error with its name") {
  CHECK_THROWS_WITH_AS(Library(FAKE_GPU).function<void()>("nothing"),
                       doctest::Contains("it has no nothing"), Error);
}

TEST_CASE("the installed LibTorch has the function that tells the driver's stream") {
  const std::filesystem::path library = std::filesystem::path(TORCH_LIBRARIES) / "libc10_cuda.so";
  if (!std::filesystem::exists(library)) {
    MESSAGE("not checked: this LibTorch has no " << library);
    return;
  }
  CHECK_NOTHROW(Library(library).function<void()>(kStreamOfCudaStream));
}
