#include "worker/train/failure.h"

#include <c10/util/Exception.h>

#undef CHECK
#include <doctest/doctest.h>

#include <filesystem>
#include <new>
#include <stdexcept>

#include "base/error.h"

using namespace radsweep;
using namespace radsweep::train;
using attempt::WorkerExit;

namespace {

c10::Error torch_error(const std::string& text) {
  return c10::Error({"f", "file.cpp", 1}, text);
}

}  // namespace

TEST_CASE("an unusable environment means what the attempt was doing") {
  const Error error(ExitCode::environment, "read", "somewhere", "it is gone", "look\nthere");
  CHECK(classify(error, Stage::device).error_class == "device");
  CHECK(classify(error, Stage::device).exit == WorkerExit::bad_device);
  CHECK(classify(error, Stage::data).error_class == "bad_data");
  CHECK(classify(error, Stage::data).exit == WorkerExit::bad_data);
  CHECK(classify(error, Stage::training).error_class == "disk");
  CHECK(classify(error, Stage::training).exit == WorkerExit::io);
  CHECK(classify(error, Stage::training).text == "cannot read somewhere: it is gone");
}

TEST_CASE("what std::filesystem throws is an unusable environment") {
  const std::filesystem::filesystem_error error("cannot list", "/somewhere",
                                                std::make_error_code(std::errc::not_a_directory));
  CHECK(classify(error, Stage::data).error_class == "bad_data");
  CHECK(classify(error, Stage::training).error_class == "disk");
  CHECK(classify(error, Stage::training).text == "cannot use /somewhere: Not a directory");
}

TEST_CASE("a wrong configuration is bad_spec at any stage") {
  const Error error(ExitCode::usage, "train", "the network", "one value per channel");
  CHECK(classify(error, Stage::training).error_class == "bad_spec");
  CHECK(classify(error, Stage::training).exit == WorkerExit::bad_spec);
}

TEST_CASE("memory, device and other errors of LibTorch are told apart") {
  CHECK(classify(std::bad_alloc(), Stage::training).error_class == "host_memory");
  CHECK(
      classify(c10::OutOfMemoryError({"f", "file.cpp", 1}, "CUDA out of memory."), Stage::training)
          .error_class == "out_of_memory");
  CHECK(classify(torch_error("DefaultCPUAllocator: can't allocate memory: you tried to allocate"),
                 Stage::training)
            .error_class == "host_memory");
  CHECK(classify(torch_error("CUDA error: out of memory"), Stage::training).error_class ==
        "out_of_memory");
  CHECK(classify(torch_error("NCCL error in: unhandled cuda error"), Stage::training).error_class ==
        "device");
  CHECK(
      classify(torch_error("CUDA error: an illegal memory access was encountered"), Stage::training)
          .error_class == "device");
  CHECK(classify(torch_error("cuDNN error: CUDNN_STATUS_EXECUTION_FAILED"), Stage::training).exit ==
        WorkerExit::bad_device);
  CHECK(classify(torch_error("mat1 and mat2 shapes cannot be multiplied"), Stage::training)
            .error_class == "bug");
}

TEST_CASE("our own assertions and unknown exceptions are bugs") {
  const Error error(ExitCode::internal, "go on", "here", "an assertion");
  CHECK(classify(error, Stage::data).error_class == "bug");
  CHECK(classify(std::logic_error("what"), Stage::data).exit == WorkerExit::failed);
}

TEST_CASE("a loss that is not finite has a class of its own") {
  CHECK(not_finite(12).error_class == "nan");
  CHECK(not_finite(12).text.find("12 steps") != std::string::npos);
}
