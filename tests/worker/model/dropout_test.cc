#include "worker/model/dropout.h"

#include <ATen/ATen.h>

#include <cmath>
#include <string>
#undef CHECK
#include <doctest/doctest.h>

using namespace radsweep;
using model::DropoutKey;

namespace {

at::Tensor keyed_dropout(const at::Tensor& input, double p, const DropoutKey& key,
                         std::uint64_t layer) {
  return model::keyed_dropout(input, p, model::dropout_words(key, {&layer, 1}), 0);
}

}  // namespace

TEST_CASE("keyed_dropout drops the share p and scales the others by 1 / (1 - p)") {
  const at::Tensor ones = at::ones({400, 1000});
  for (const double p : {0.3, 0.6}) {
    const at::Tensor out = keyed_dropout(ones, p, {.seed = 3, .step = 5}, 1);
    const double dropped = out.eq(0).to(at::kDouble).mean().item<double>();
    // five standard deviations of a share among 400,000 fair draws
    CHECK(std::abs(dropped - p) < 5 * std::sqrt(p * (1 - p) / 400'000));
    const at::Tensor kept = out.masked_select(out.ne(0));
    CHECK(kept.allclose(at::full_like(kept, 1 / (1 - p))));
  }
}

TEST_CASE("keyed_dropout draws rows, columns, steps, layers and seeds independently") {
  const at::Tensor ones = at::ones({64, 1000});
  const auto mask = [&](const DropoutKey& key, std::uint64_t layer) {
    return keyed_dropout(ones, 0.5, key, layer).ne(0).to(at::kDouble) - 0.5;
  };
  const at::Tensor base = mask({.seed = 1, .step = 1}, 3);
  // correlation of 64,000 fair coins has a standard deviation of 0.004
  const auto correlation = [&](const at::Tensor& other) {
    return std::abs((base * other).mean().item<double>() * 4);
  };
  CHECK(correlation(base) == 1);
  CHECK(correlation(mask({.seed = 1, .step = 2}, 3)) < 0.02);
  CHECK(correlation(mask({.seed = 2, .step = 1}, 3)) < 0.02);
  CHECK(correlation(mask({.seed = 1, .step = 1}, 7)) < 0.02);
  CHECK(correlation(base.roll(1, 0)) < 0.02);
  CHECK(correlation(base.roll(1, 1)) < 0.02);
}

TEST_CASE("ranks that share a batch draw the masks that one rank draws") {
  const at::Tensor x = at::ones({10, 33});
  const at::Tensor whole = keyed_dropout(x, 0.4, {.seed = 9, .step = 2}, 1);
  const at::Tensor tail =
      keyed_dropout(x.narrow(0, 4, 6), 0.4, {.seed = 9, .step = 2, .first_row = 4}, 1);
  CHECK(whole.narrow(0, 4, 6).equal(tail));
}

TEST_CASE("keyed_dropout gives the bits of its definition") {
  // counter_hash and lowbias32 computed by tests/golden/make_dropout.py: which of 24 are kept
  const at::Tensor out = keyed_dropout(at::ones({2, 12}), 0.5, {.seed = 42, .step = 7}, 3);
  std::string kept;
  for (std::int64_t i = 0; i < 24; ++i) kept += out.flatten()[i].item<float>() != 0 ? '1' : '0';
  CHECK(kept == "110111111100000110101001");
}

TEST_CASE("keyed_dropout passes the gradient of kept values only") {
  const at::Tensor x = at::ones({5, 7}).requires_grad_();
  const at::Tensor out = keyed_dropout(x, 0.5, {}, 0);
  out.sum().backward();
  CHECK(x.grad().equal(out.detach()));
}
