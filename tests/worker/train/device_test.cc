#include "worker/train/device.h"

#include <ATen/Context.h>
#include <sys/resource.h>
#undef CHECK

#include <doctest/doctest.h>
#include <cstdint>
#include <cstdlib>
#include <cstring>

using namespace radsweep;

namespace {

constexpr std::size_t kBytes = std::size_t{64} << 20;

// Pages that the system had to bring while so much memory was taken, written and given back.
long pages_brought() {
  rusage before{}, after{};
  ::getrusage(RUSAGE_SELF, &before);
  auto* memory = static_cast<char*>(std::malloc(kBytes));
  REQUIRE(memory != nullptr);
  std::memset(memory, 1, kBytes);
  CHECK(memory[kBytes / 2] == 1);  // read, so that the compiler lets it be written
  std::free(memory);
  ::getrusage(RUSAGE_SELF, &after);
  return after.ru_minflt - before.ru_minflt;
}

}  // namespace

TEST_CASE("memory that a training step gives back is at hand for the next one") {
  train::open_device({}, "fp32");  // so that device.cc is linked, whose settings malloc reads
  pages_brought();
  CHECK(pages_brought() < 16);  // 32 where huge pages come by themselves, 16384 where none do
}

TEST_CASE("float32 is multiplied as such unless the recipe says tf32") {
  const auto tf32_with = [](const char* precision) {
    train::open_device({}, precision);
    CHECK(at::globalContext().allowTF32CuBLAS() == at::globalContext().allowTF32CuDNN());
    return at::globalContext().allowTF32CuDNN();
  };
  CHECK(tf32_with("tf32"));
  CHECK_FALSE(tf32_with("bf16"));
  CHECK_FALSE(tf32_with("fp32"));
}
