#include "worker/kernels/norm.h"

#include <ATen/ATen.h>

#include "tests/worker/kernels/random.h"
#include "worker/kernels/norm_relu.h"
#undef CHECK
#include <doctest/doctest.h>

using namespace radsweep::kernels;

namespace {

constexpr std::int64_t kChannels = 24;

at::Tensor by_channel(const at::Tensor& values) {
  return values.view({1, -1, 1, 1});
}

double farthest(const at::Tensor& a, const at::Tensor& b) {
  return (a.to(at::kDouble) - b.to(at::kDouble)).abs().max().item<double>();
}

}  // namespace

TEST_CASE("scale and shift do what mean, inverse_std, weight and bias do") {
  const auto values = [](std::uint64_t seed) { return random({kChannels}, seed).to(at::kDouble); };
  const at::Tensor mean = values(1), inverse_std = values(2).abs() + 0.5, weight = values(3),
                   bias = values(4);
  const Norm norm = norm_of(mean, inverse_std, weight, bias);
  const at::Tensor maps = random({2, kChannels, 5, 7}, 5).to(at::kDouble);
  const at::Tensor expected =
      (maps - by_channel(mean)) * by_channel(inverse_std * weight) + by_channel(bias);
  CHECK(farthest(maps * by_channel(norm.scale) + by_channel(norm.shift), expected) < 1e-13);
}

// x * scale + shift takes the difference of large numbers there, as ATen's batch_norm does.
TEST_CASE("far from zero a norm is as exact as ATen's") {
  const at::Tensor exact = random({4, kChannels, 16, 16}, 6).to(at::kDouble) + 1000;
  const at::Tensor maps = exact.to(at::kFloat).contiguous(at::MemoryFormat::ChannelsLast);
  const at::Tensor weight = random({kChannels}, 7), bias = random({kChannels}, 8);
  const auto batch_norm = [&](const at::Tensor& of) {
    return at::batch_norm(of, weight.to(of.scalar_type()), bias.to(of.scalar_type()), {}, {},
                          /*training=*/true, 0.1, 1e-5, false)
        .relu();
  };
  const at::Tensor wanted = batch_norm(maps.to(at::kDouble));
  const Moments moments = channel_moments(maps);
  const Norm norm = norm_of(moments.mean, (moments.variance + 1e-5).rsqrt(), weight, bias);
  const double ours = farthest(norm_relu(maps, norm), wanted);
  CHECK(ours < 2 * farthest(batch_norm(maps), wanted));
}
