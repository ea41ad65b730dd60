// A training that diverges must show it: nothing on the way may turn NaN into a number.
#include <ATen/ATen.h>

#include <limits>
#include <vector>

#include "tests/worker/kernels/random.h"
#include "worker/kernels/cpu/norm_relu.h"
#include "worker/kernels/cpu/pointwise.h"
#undef CHECK
#include <doctest/doctest.h>

using namespace radsweep::kernels;

namespace {

constexpr std::int64_t kChannels = 24, kOut = 16;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

struct Types {
  at::ScalarType maps, norms;
};
const std::vector<Types> kTypes = {
    {at::kFloat, at::kFloat}, {at::kDouble, at::kDouble}, {at::kBFloat16, at::kFloat}};

at::Tensor some_maps(std::int64_t channels, at::ScalarType type, std::uint64_t seed) {
  return random({2, channels, 9, 11}, seed).to(type).contiguous(at::MemoryFormat::ChannelsLast);
}

at::Tensor with_nan(const at::Tensor& maps) {
  maps[1][2][7][8] = kNan;
  return maps;
}

// Active where it matters: a shift that no map outweighs.
Norm some_norm(at::ScalarType type) {
  return {random({kChannels}, 1).to(type), random({kChannels}, 2).abs().to(type) + 0.5,
          random({kChannels}, 3).to(type), random({kChannels}, 4).to(type) + 50};
}

bool only_channel_2(const at::Tensor& per_channel) {
  return per_channel.isnan().nonzero().equal(at::tensor({2}, at::kLong).view({1, 1}));
}

}  // namespace

TEST_CASE("the loops on the CPU pass the maps' NaN on") {
  for (const Types& types : kTypes) {
    CAPTURE(types.maps);
    const at::Tensor maps = with_nan(some_maps(kChannels, types.maps, 5));
    REQUIRE(cpu::handles(maps));
    const Norm norm = some_norm(types.norms);

    const Moments moments = cpu::channel_moments(maps);
    CHECK(only_channel_2(moments.mean));
    CHECK(only_channel_2(moments.variance));
    CHECK(cpu::norm_relu(maps, norm).isnan().equal(maps.isnan()));

    const at::Tensor weight = random({kOut, kChannels, 1, 1}, 7).to(types.norms);
    for (const Products products : {Products::native, Products::widened}) {
      const at::Tensor product = cpu::norm_relu_pointwise(maps, norm, weight, products);
      CHECK(product.isnan().sum().item<std::int64_t>() == kOut);
      CHECK(product[1].select(1, 7).select(1, 8).isnan().all().item<bool>());
    }
  }
}

TEST_CASE("the gradient passes where the ReLU was given NaN, as ATen's does") {
  for (const Types& types : kTypes) {
    CAPTURE(types.maps);
    const at::Tensor maps = with_nan(some_maps(kChannels, types.maps, 5));
    const at::Tensor gradient = some_maps(kChannels, types.maps, 6), into = at::empty_like(maps);
    const Norm norm = some_norm(types.norms);
    const NormGradient by = cpu::norm_relu_backward(gradient, maps, norm, into, Write::over);
    const at::Tensor passed = gradient[1][2][7][8].to(types.norms) * norm.scale[2];
    CHECK(into[1][2][7][8].equal(passed.to(types.maps)));
    CHECK(only_channel_2(by.weight));
    CHECK_FALSE(by.bias.isnan().any().item<bool>());
  }
}

TEST_CASE("the loops on the CPU pass the gradient's NaN on") {
  for (const Types& types : kTypes) {
    CAPTURE(types.maps);
    const at::Tensor maps = some_maps(kChannels, types.maps, 5);
    const at::Tensor gradient = with_nan(some_maps(kChannels, types.maps, 6));
    const Norm norm = some_norm(types.norms);
    const at::Tensor into = at::empty_like(maps);
    const NormGradient by = cpu::norm_relu_backward(gradient, maps, norm, into, Write::over);
    CHECK(into.isnan().equal(gradient.isnan()));
    CHECK(only_channel_2(by.weight));
    CHECK(only_channel_2(by.bias));
    const MomentsGradient correction{norm.shift, norm.scale};
    CHECK(cpu::through_moments(gradient, maps, norm.mean, correction)
              .isnan()
              .equal(gradient.isnan()));
  }
}

TEST_CASE("a 1x1 convolution's gradients are NaN where the one it is given is") {
  for (const Types& types : kTypes) {
    for (const Products products : {Products::native, Products::widened}) {
      CAPTURE(types.maps);
      const at::Tensor into = at::zeros_like(some_maps(kChannels, types.norms, 1));
      const PointwiseGradient by = cpu::norm_relu_pointwise_backward(
          {with_nan(some_maps(kOut, types.maps, 6))}, some_maps(kChannels, types.maps, 5),
          some_norm(types.norms), random({kOut, kChannels, 1, 1}, 7).to(types.norms),
          /*wants_weight=*/true, into, products);
      CHECK(into.isnan().sum().item<std::int64_t>() == kChannels);
      CHECK(into[1].select(1, 7).select(1, 8).isnan().all().item<bool>());
      CHECK(by.norm.bias.isnan().all().item<bool>());
      CHECK(by.weight.isnan().sum().item<std::int64_t>() == kChannels);
      CHECK(by.weight[2].isnan().all().item<bool>());
    }
  }
}
