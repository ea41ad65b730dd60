// Norm, ReLU and pool as one operation beside the three operators.
#include "worker/model/fused_pool.h"

#include <ATen/ATen.h>

#include "base/error.h"
#undef CHECK
#include <doctest/doctest.h>

using namespace radsweep;
using model::BatchNorm;
using model::Pool;

namespace {

constexpr std::int64_t kChannels = 6;

BatchNorm make_norm(at::ScalarType type) {
  const at::NoGradGuard no_grad;
  auto generator = at::make_generator<at::CPUGeneratorImpl>(5);
  BatchNorm norm(kChannels);
  norm->weight.uniform_(-1.5, 1.5, generator);  // ReLU after a negative weight keeps the small ones
  norm->bias.uniform_(-0.5, 0.5, generator);
  norm->running_mean.uniform_(-0.5, 0.5, generator);
  norm->running_var.uniform_(0.5, 1.5, generator);
  norm->to(type);
  return norm;
}

at::Tensor one_by_one(const at::Tensor& maps, BatchNorm& norm, Pool pool) {
  const at::Tensor active = at::relu(norm->forward(maps));
  return pool == Pool::average_2x2 ? at::avg_pool2d(active, 2, 2) : at::max_pool2d(active, 3, 2, 1);
}

struct Passed {
  at::Tensor output, by_input, by_weight, by_bias, mean, variance, batches;
};

template <typename Forward>
Passed passed(const at::Tensor& maps, bool train, Forward&& forward) {
  BatchNorm norm = make_norm(maps.scalar_type());
  norm->train(train);
  const at::Tensor input = maps.detach().clone().set_requires_grad(true);
  const at::Tensor output = forward(input, norm);
  auto generator = at::make_generator<at::CPUGeneratorImpl>(4);
  (output * at::randn(output.sizes(), generator, output.options())).sum().backward();
  return {output.detach(),    input.grad(),      norm->weight.grad(),      norm->bias.grad(),
          norm->running_mean, norm->running_var, norm->num_batches_tracked};
}

void check_same(const at::Tensor& actual, const at::Tensor& expected) {
  REQUIRE(actual.sizes() == expected.sizes());
  CHECK(actual.allclose(expected, 1e-10, 1e-12));
}

void check_pool(Pool pool, bool train, at::MemoryFormat format, at::IntArrayRef size) {
  auto generator = at::make_generator<at::CPUGeneratorImpl>(3);
  const at::Tensor maps =
      (at::randn(size, generator, at::dtype(at::kDouble)) * 2 + 1).contiguous(format);
  const Passed expected = passed(
      maps, train, [&](const at::Tensor& x, BatchNorm& norm) { return one_by_one(x, norm, pool); });
  const Passed actual = passed(maps, train, [&](const at::Tensor& x, BatchNorm& norm) {
    return model::norm_relu_pool(x, norm, pool);
  });
  check_same(actual.output, expected.output);
  check_same(actual.by_input, expected.by_input);
  check_same(actual.by_weight, expected.by_weight);
  check_same(actual.by_bias, expected.by_bias);
  check_same(actual.mean, expected.mean);
  check_same(actual.variance, expected.variance);
  CHECK(actual.batches.equal(expected.batches));
}

void check_shapes_and_formats(Pool pool, bool train) {
  for (const auto format : {at::MemoryFormat::ChannelsLast, at::MemoryFormat::Contiguous}) {
    CAPTURE(format == at::MemoryFormat::ChannelsLast);
    check_pool(pool, train, format, {3, kChannels, 8, 8});
    check_pool(pool, train, format, {2, kChannels, 9, 7});  // a row and a column are left over
    check_pool(pool, train, format, {1, kChannels, 40, 52});
  }
}

}  // namespace

TEST_CASE("norm, ReLU and average pool as one have the three operators' output and gradients") {
  check_shapes_and_formats(Pool::average_2x2, true);
  check_shapes_and_formats(Pool::average_2x2, false);
}

TEST_CASE("norm, ReLU and maximum pool as one have the three operators' output and gradients") {
  check_shapes_and_formats(Pool::max_3x3_padded, true);
  check_shapes_and_formats(Pool::max_3x3_padded, false);
}

TEST_CASE("norm, ReLU and pool as one need no grad mode") {
  const at::NoGradGuard no_grad;
  BatchNorm norm = make_norm(at::kDouble), other = make_norm(at::kDouble);
  const at::Tensor maps = at::randn({2, kChannels, 6, 6}, at::dtype(at::kDouble));
  check_same(model::norm_relu_pool(maps, norm, Pool::average_2x2),
             one_by_one(maps, other, Pool::average_2x2));
  check_same(norm->running_var, other->running_var);
}

TEST_CASE("a second derivative through norm, ReLU and pool is refused with a reason") {
  BatchNorm norm = make_norm(at::kDouble);
  const at::Tensor output = model::norm_relu_pool(
      at::randn({2, kChannels, 6, 6}, at::dtype(at::kDouble)), norm, Pool::max_3x3_padded);
  CHECK_THROWS_WITH_AS(output.sum().backward({}, /*retain_graph=*/true, /*create_graph=*/true),
                       doctest::Contains("second derivative"), Error);
}
