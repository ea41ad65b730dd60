// A training that diverges must show it: nothing on the way may turn NaN into a number.
#include <ATen/ATen.h>

#include <limits>

#include "tests/worker/kernels/random.h"
#include "worker/kernels/cpu/norm_relu.h"
#include "worker/kernels/cpu/pointwise.h"
#undef CHECK
#include <doctest/doctest.h>

using namespace radsweep::kernels;

namespace {

constexpr std::int64_t kChannels = 24, kOut = 16;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

at::Tensor some_maps(std::int64_t channels, at::ScalarType type, std::uint64_t seed) {
  return random({2, channels, 9, 11}, seed).to(type).contiguous(at::MemoryFormat::ChannelsLast);
}

Norm some_norm(at::ScalarType type) {
  return {random({kChannels}, 1).to(type), random({kChannels}, 2).abs().to(type) + 0.5,
          random({kChannels}, 3).to(type), random({kChannels}, 4).to(type)};
}

// And in no other.
bool nan_in_channel_2(const at::Tensor& per_channel) {
  return per_channel.isnan().nonzero().equal(at::tensor({2}, at::kLong).view({1, 1}));
}

}  // namespace

TEST_CASE("the loops on the CPU pass NaN on, forwards and backwards") {
  for (const at::ScalarType type : {at::kFloat, at::kDouble, at::kBFloat16}) {
    CAPTURE(type);
    const at::ScalarType wide = type == at::kBFloat16 ? at::kFloat : type;
    const at::Tensor maps = some_maps(kChannels, type, 5);
    maps[1][2][7][8] = kNan;
    REQUIRE(cpu::handles(maps));
    const Norm norm = some_norm(wide);

    const Moments moments = cpu::channel_moments(maps);
    CHECK(nan_in_channel_2(moments.mean));
    CHECK(nan_in_channel_2(moments.variance));
    CHECK(cpu::norm_relu(maps, norm).isnan().equal(maps.isnan()));

    const at::Tensor into = at::empty_like(maps);
    const NormGradient by =
        cpu::norm_relu_backward(some_maps(kChannels, type, 6), maps, norm, into, Write::over);
    CHECK(nan_in_channel_2(by.weight));

    const at::Tensor weight = random({kOut, kChannels, 1, 1}, 7).to(wide);
    for (const Products products : {Products::native, Products::widened}) {
      const at::Tensor product = cpu::norm_relu_pointwise(maps, norm, weight, products);
      CHECK(product.isnan().sum().item<std::int64_t>() == kOut);
      CHECK(product[1].select(1, 7).select(1, 8).isnan().all().item<bool>());
    }
  }
}
