#include "worker/model/head.h"

#include <ATen/ATen.h>

#undef CHECK
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "tests/support/recipe_hash.h"

using namespace radsweep;
using model::Head;

namespace {

constexpr std::int64_t kRows = 6, kFeatures = 8, kHidden = 16;

at::Tensor from_hash(at::IntArrayRef shape, std::uint32_t stream) {
  at::Tensor values = at::empty(shape);
  float* value = values.data_ptr<float>();
  for (std::int64_t i = 0; i < values.numel(); ++i) {
    value[i] =
        static_cast<float>(2 * test::recipe_uniform(static_cast<std::uint32_t>(i), stream) - 1);
  }
  return values;
}

}  // namespace

TEST_CASE("the head drops half of its rate before the first linear and all of it before the last") {
  Head head(model::HeadOptions{kFeatures, kHidden, 0.6});
  std::uint32_t stream = 0;
  for (at::Tensor& parameter : head->parameters()) {
    parameter.set_data(from_hash(parameter.sizes(), ++stream));
  }
  const auto weight = [&head](const char* name) { return head->named_parameters()[name]; };
  const auto norm = [&](const at::Tensor& x, const char* scale, const char* shift) {
    return at::batch_norm(x, weight(scale), weight(shift), {}, {}, true, 0.1, 1e-5, false);
  };
  constexpr std::uint64_t kDropouts[] = {3, 7};  // their indices in fastai's head
  const model::DropoutKey key{.seed = 5, .step = 9};
  const model::DropoutWords words = model::dropout_words(key, kDropouts);
  const at::Tensor map = from_hash({kRows, kFeatures, 3, 3}, 100);

  // fastai's head: norm, dropout p/2, linear, ReLU, norm, dropout p, linear; its indices
  at::Tensor x = norm(model::HeadImpl::pool(map), "2.weight", "2.bias");
  x = at::relu(at::linear(model::keyed_dropout(x, 0.3, words, 0), weight("4.weight")));
  x = norm(x, "6.weight", "6.bias");
  x = at::linear(model::keyed_dropout(x, 0.6, words, 1), weight("8.weight")).squeeze(1);

  head->train();
  CHECK(head->forward(map, model::HeadImpl::dropout_words(key)).allclose(x, 1e-5, 1e-5));
  head->eval();
  CHECK_FALSE(head->forward(map, model::HeadImpl::dropout_words(key)).allclose(x, 1e-5, 1e-5));
}

TEST_CASE("the head pools the largest value of each map, with the gradient to its first place") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const at::Tensor plain =
      at::tensor({1.F, 3.F, 3.F, 2.F, 0.F, -1.F, nan, -2.F}).view({1, 2, 2, 2});
  for (const auto format : {at::MemoryFormat::Contiguous, at::MemoryFormat::ChannelsLast}) {
    const at::Tensor map = plain.contiguous(format).detach().requires_grad_();
    const at::Tensor pooled = model::HeadImpl::pool(map);
    CHECK(pooled[0][0].item<float>() == 3);
    CHECK(std::isnan(pooled[0][1].item<float>()));
    pooled[0][0].backward();
    CHECK(map.grad().flatten().equal(at::tensor({0.F, 1.F, 0.F, 0.F, 0.F, 0.F, 0.F, 0.F})));
  }
}
