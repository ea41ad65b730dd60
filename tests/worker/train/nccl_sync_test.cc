// NcclSync's calls, answered by a stand-in for libnccl: two ranks as threads, tensors on the host.
#include "worker/train/nccl_sync.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <unistd.h>

#undef CHECK
#include <doctest/doctest.h>

#include <functional>
#include <thread>

#include "base/error.h"

using namespace radsweep;
using namespace radsweep::train;

namespace {

void both_do(const std::function<void(NcclSync&)>& deed) {
  RankMemory first = RankMemory::create(2);
  RankMemory second = RankMemory::join(::dup(first.descriptor()), 1);
  std::jthread other([&] {
    NcclSync sync(second, FAKE_NCCL);
    deed(sync);
  });
  NcclSync sync(first, FAKE_NCCL);
  deed(sync);
}

}  // namespace

TEST_CASE("NCCL is asked to sum floats and doubles in place, and to hand out the first's bytes") {
  both_do([](NcclSync& sync) {
    for (const auto type : {at::kFloat, at::kDouble}) {
      const at::Tensor values = at::full({3, 5}, sync.rank() + 1, type);
      sync.sum(values);
      CHECK(at::equal(values, at::full({3, 5}, 3, type)));
    }
    const at::Tensor counts = at::arange(6, at::kLong).view({2, 3}).add(100 * sync.rank()).t();
    sync.copy_of_first(counts);
    CHECK(at::equal(counts, at::arange(6, at::kLong).view({2, 3}).t()));
  });
}

TEST_CASE("gradients are summed through NCCL in one piece") {
  both_do([](NcclSync& sync) {
    const auto number = static_cast<float>(sync.rank() + 1);
    std::vector<TrainedParameter> parameters(3);
    for (TrainedParameter& parameter : parameters) parameter.tensor = at::full({2, 2}, 1.0F);
    parameters[0].tensor.mutable_grad() = at::full({2, 2}, number);
    parameters[2].tensor.mutable_grad() = at::full({2, 2}, 10 * number);
    CHECK(sync.sum_gradients(parameters, 0.5) == 1.0);
    CHECK(at::equal(parameters[0].tensor.grad(), at::full({2, 2}, 3.0F)));
    CHECK_FALSE(parameters[1].tensor.grad().defined());
    CHECK(at::equal(parameters[2].tensor.grad(), at::full({2, 2}, 30.0F)));
  });
}

TEST_CASE("a machine without NCCL says so") {
  RankMemory memory = RankMemory::create(1);
  CHECK_THROWS_WITH_AS(NcclSync(memory, "libnccl_is_not_here.so"),
                       doctest::Contains("LibTorch's CUDA profiles bring it"), Error);
}
