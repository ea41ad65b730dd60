// Gradients that are summed over ranks while the backward pass goes on. Ranks are threads here.
#include "worker/train/gradient_buckets.h"

#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <torch/csrc/autograd/variable.h>
#include <unistd.h>

#undef CHECK
#include <doctest/doctest.h>

#include <functional>
#include <thread>

using namespace radsweep;
using namespace radsweep::train;

namespace {

// A chain of layers y = x * w1 * w2 * ..; the gradient of the last is there first.
std::vector<TrainedParameter> chain(std::size_t layers) {
  std::vector<TrainedParameter> parameters(layers);
  for (TrainedParameter& parameter : parameters) {
    parameter.tensor = at::ones({2, 3});
    parameter.tensor.requires_grad_(true);
  }
  return parameters;
}

void backward_of(const std::vector<TrainedParameter>& parameters, float factor) {
  at::Tensor value = at::full({2, 3}, factor);
  for (const TrainedParameter& parameter : parameters) value = value * parameter.tensor;
  value.sum().backward();
}

// Counts the sums that began.
class CountingSync : public MemorySync {
 public:
  using MemorySync::MemorySync;
  void begin_sum(at::Tensor values) override {
    sizes.push_back(values.numel());
    MemorySync::begin_sum(std::move(values));
  }
  std::vector<std::int64_t> sizes;
};

void two_ranks_do(const std::function<void(CountingSync&)>& deed) {
  RankMemory first = RankMemory::create(2);
  RankMemory second = RankMemory::join(::dup(first.descriptor()), 1);
  std::jthread other([&] {
    CountingSync sync(second);
    deed(sync);
  });
  CountingSync sync(first);
  deed(sync);
}

constexpr std::size_t kLayerBytes = 6 * sizeof(float);

}  // namespace

TEST_CASE("after a backward pass every gradient is its sum over the ranks, in every pass") {
  two_ranks_do([](CountingSync& sync) {
    auto parameters = chain(5);
    GradientBuckets buckets(sync, parameters, 2 * kLayerBytes);
    for (int pass = 0; pass < 2; ++pass) {
      buckets.begin();
      backward_of(parameters, static_cast<float>(1 + sync.rank()));
      buckets.finish();
      for (TrainedParameter& parameter : parameters) {
        CHECK(at::equal(parameter.tensor.grad(), at::full({2, 3}, 3.0F)));
        parameter.tensor.mutable_grad().reset();
      }
    }
    CHECK(sync.sizes == std::vector<std::int64_t>{12, 12, 6, 12, 12, 6});
  });
}

TEST_CASE("the sum of the last layers begins before the first layer has its gradient") {
  two_ranks_do([](CountingSync& sync) {
    auto parameters = chain(3);
    GradientBuckets buckets(sync, parameters, kLayerBytes);
    std::size_t begun = 0;
    parameters[0].tensor.register_hook([&](const at::Tensor&) { begun = sync.sizes.size(); });
    buckets.begin();
    backward_of(parameters, 1);
    buckets.finish();
    CHECK(begun == 2);
    CHECK(sync.sizes.size() == 3);
  });
}

TEST_CASE("frozen parameters are not summed; ones that took no part keep no gradient") {
  two_ranks_do([](CountingSync& sync) {
    auto parameters = chain(4);
    GradientBuckets buckets(sync, parameters, kLayerBytes);
    parameters[1].tensor.requires_grad_(false);
    buckets.begin();
    const std::vector<TrainedParameter> used(parameters.begin(), parameters.begin() + 3);
    backward_of(used, 1);
    buckets.finish();
    CHECK(at::equal(parameters[0].tensor.grad(), at::full({2, 3}, 2.0F)));
    CHECK_FALSE(parameters[1].tensor.grad().defined());
    CHECK(at::equal(parameters[2].tensor.grad(), at::full({2, 3}, 2.0F)));
    CHECK_FALSE(parameters[3].tensor.grad().defined());
    CHECK(sync.sizes == std::vector<std::int64_t>{6, 6});
  });
}

TEST_CASE("parameters are left alone once nobody watches them") {
  RankMemory memory = RankMemory::create(1);
  CountingSync sync(memory);
  auto parameters = chain(2);
  {
    GradientBuckets buckets(sync, parameters, kLayerBytes);
    buckets.begin();
  }
  backward_of(parameters, 1);
  CHECK(sync.sizes.empty());
}
