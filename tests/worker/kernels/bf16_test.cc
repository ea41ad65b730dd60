// The loops and products for bf16 maps beside float32's of the same values.
#include "worker/kernels/bf16.h"

#include <ATen/ATen.h>

#include <limits>

#include "tests/worker/kernels/random.h"
#include "worker/kernels/convolution.h"
#include "worker/kernels/cpu/norm_relu.h"
#include "worker/kernels/cpu/pointwise.h"
#undef CHECK
#include <doctest/doctest.h>

using namespace radsweep::kernels;

namespace {

constexpr std::int64_t kIn = 24, kOut = 16;

// Values that bf16 holds, as bf16, channels last.
at::Tensor some_maps(std::int64_t channels, std::uint64_t seed) {
  return random({3, channels, 9, 11}, seed)
      .to(at::kBFloat16)
      .contiguous(at::MemoryFormat::ChannelsLast);
}

Norm some_norm(std::int64_t channels) {
  return {random({channels}, 11) * 0.1, random({channels}, 12).abs() + 0.5,
          random({channels}, 13) * 0.3 + 1, random({channels}, 14) * 0.2};
}

double apart(const at::Tensor& a, const at::Tensor& b) {
  const at::Tensor wanted = b.to(at::kDouble);
  return ((a.to(at::kDouble) - wanted).norm() / wanted.norm()).item<double>();
}

// The result of rounding to bf16 once is off by 2^-9 at most, in norm by less.
constexpr double kOneRounding = 1.0 / 512;

}  // namespace

TEST_CASE("values are rounded to bf16 as LibTorch rounds: ties to even, infinities and NaN kept") {
  const at::Tensor maps = some_maps(kIn, 1), nothing = at::zeros({kIn});
  const at::Tensor plain = random(maps.sizes(), 2).contiguous(at::MemoryFormat::ChannelsLast);
  // half of the last place of bf16 more
  const at::Tensor ties = (maps.to(at::kFloat).view(at::kInt) + 0x8000).view(at::kFloat);
  const at::Tensor special = plain.clone();
  special.permute({0, 2, 3, 1})
      .view({-1})
      .narrow(0, 0, 4)
      .copy_(at::tensor(
          {std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity(),
           std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::max()}));
  for (const at::Tensor& gradient : {plain, ties, special}) {
    const at::Tensor same = cpu::through_moments(gradient, maps, nothing, {nothing, nothing});
    REQUIRE((same.scalar_type() == at::kBFloat16));
    const at::Tensor expected = gradient.to(at::kBFloat16);
    CHECK(same.isnan().equal(expected.isnan()));
    CHECK(at::nan_to_num(same, 7, 1, -1).equal(at::nan_to_num(expected, 7, 1, -1)));
    CHECK(same.isinf().equal(expected.isinf()));
  }
}

TEST_CASE("moments of bf16 maps have the bits of the same floats'") {
  const at::Tensor maps = some_maps(kIn, 2);
  const Moments actual = channel_moments(maps), expected = channel_moments(maps.to(at::kFloat));
  CHECK(actual.mean.equal(expected.mean));
  CHECK(actual.variance.equal(expected.variance));
}

TEST_CASE("norm and ReLU of bf16 maps are the same floats' but for one rounding") {
  const at::Tensor maps = some_maps(kIn, 3), gradient = some_maps(kIn, 4);
  const Norm norm = some_norm(kIn);
  const at::Tensor active = norm_relu(maps, norm);
  REQUIRE((active.scalar_type() == at::kBFloat16));
  CHECK(active.equal(norm_relu(maps.to(at::kFloat), norm).to(at::kBFloat16)));

  at::Tensor into = gradient.clone(), wide_into = gradient.to(at::kFloat);
  const NormGradient actual = norm_relu_backward(into, maps, norm, into, Write::over);
  const NormGradient expected =
      norm_relu_backward(wide_into, maps.to(at::kFloat), norm, wide_into, Write::over);
  CHECK(actual.weight.equal(expected.weight));
  CHECK(actual.bias.equal(expected.bias));
  CHECK(into.equal(wide_into.to(at::kBFloat16)));
}

TEST_CASE("ATen's operators serve bf16 maps that our loops do not") {
  const at::Tensor last = some_maps(kIn, 5), gradient = some_maps(kIn, 6);
  const at::Tensor first = last.contiguous();
  const Norm norm = some_norm(kIn);
  CHECK(apart(norm_relu(first, norm), norm_relu(last, norm)) < kOneRounding);
  CHECK(apart(channel_moments(first).variance, channel_moments(last).variance) < 1e-5);
  at::Tensor into = gradient.clone(), other = gradient.contiguous();
  const NormGradient one = norm_relu_backward(into, last, norm, into, Write::over);
  const NormGradient two = norm_relu_backward(other, first, norm, other, Write::over);
  CHECK(apart(two.weight, one.weight) < 1e-5);
  CHECK(apart(two.bias, one.bias) < 1e-5);
  CHECK(apart(other, into) < kOneRounding);
  const MomentsGradient off{random({kIn}, 7), random({kIn}, 8)};
  CHECK(apart(through_moments(gradient.contiguous(), first, norm.mean, off),
              through_moments(gradient, last, norm.mean, off)) < kOneRounding);
}

TEST_CASE("a bf16 convolution is the exact one of its factors, but for roundings") {
  const at::Tensor maps = some_maps(kIn, 21), weight = random({kOut, kIn, 3, 3}, 22);
  const at::Tensor gradient = some_maps(kOut, 23);
  const Window window{.stride = 1, .padding = 1};
  const at::Tensor factor = weight.to(at::kBFloat16).to(at::kDouble);
  const at::Tensor exact = convolution(maps.to(at::kDouble), factor, window);
  const ConvolutionGradient exact_back =
      convolution_backward(gradient.to(at::kDouble), maps.to(at::kDouble), factor, window, {});
  for (const Products products : {Products::widened, Products::native}) {
    CAPTURE(products == Products::native);
    const at::Tensor result = convolution(maps, weight, window, products);
    CHECK((result.scalar_type() == at::kBFloat16));
    CHECK(apart(result, exact) < kOneRounding);
    const ConvolutionGradient back =
        convolution_backward(gradient, maps, weight, window, {}, products);
    CHECK((back.maps.scalar_type() == at::kBFloat16));
    CHECK((back.weight.scalar_type() == at::kFloat));
    // without instructions for them LibTorch adds up the shares of taps and images in bf16
    const double roundings = products == Products::native ? 4 : 1;
    CHECK(apart(back.maps, exact_back.maps) < roundings * kOneRounding);
    CHECK(apart(back.weight, exact_back.weight) < roundings * kOneRounding);
    CHECK_FALSE(convolution_backward(gradient, maps, weight, window, {.weight = false}, products)
                    .weight.defined());
  }
}

TEST_CASE("norm, ReLU and 1x1 convolution of bf16 as one are the three one by one") {
  const at::Tensor maps = some_maps(kIn, 31), weight = random({kOut, kIn, 1, 1}, 32);
  const at::Tensor gradient = some_maps(kOut, 33);
  const Norm norm = some_norm(kIn);
  const at::Tensor active = norm_relu(maps, norm);
  const at::Tensor factor = weight.to(at::kBFloat16).to(at::kDouble);
  const at::Tensor exact = convolution(active.to(at::kDouble), factor, {});
  const ConvolutionGradient by_active =
      convolution_backward(gradient.to(at::kDouble), active.to(at::kDouble), factor, {}, {});
  at::Tensor wide_into = random(maps.sizes(), 34).contiguous(at::MemoryFormat::ChannelsLast);
  const at::Tensor start = wide_into.clone();
  const NormGradient by_norm =
      norm_relu_backward(by_active.maps.to(at::kFloat).contiguous(at::MemoryFormat::ChannelsLast),
                         maps.to(at::kFloat), norm, wide_into, Write::add);
  for (const Products products : {Products::widened, Products::native}) {
    CAPTURE(products == Products::native);
    CHECK(apart(cpu::norm_relu_pointwise(maps, norm, weight, products), exact) < kOneRounding);
    const at::Tensor into = start.clone();
    const PointwiseGradient back =
        cpu::norm_relu_pointwise_backward({gradient}, maps, norm, weight, true, into, products);
    CHECK(apart(back.weight, by_active.weight) < kOneRounding);
    CHECK(apart(into - start, wide_into - start) < kOneRounding);
    CHECK(apart(back.norm.weight, by_norm.weight) < 2 * kOneRounding);
    CHECK(apart(back.norm.bias, by_norm.bias) < 2 * kOneRounding);
  }
}
