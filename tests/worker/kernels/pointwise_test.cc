// What a gradient still has to give to its maps' moments is taken off in passing.
#include "worker/kernels/pointwise.h"

#include <ATen/ATen.h>

#include "tests/worker/kernels/random.h"
#include "worker/kernels/cpu/pointwise.h"
#undef CHECK
#include <doctest/doctest.h>

using namespace radsweep::kernels;

namespace {

constexpr std::int64_t kIn = 24, kOut = 16;

at::Tensor maps_of(std::int64_t channels, at::ScalarType type, std::uint64_t seed) {
  return random({3, channels, 19, 21}, seed).to(type).contiguous(at::MemoryFormat::ChannelsLast);
}

Norm norm_of(std::int64_t channels, at::ScalarType type) {
  return {random({channels}, 11).to(type), random({channels}, 12).abs().to(type) + 0.5,
          random({channels}, 13).to(type), random({channels}, 14).to(type)};
}

PendingGradient pending_of(at::ScalarType type, at::ScalarType wide) {
  const Norm norm = norm_of(kOut, wide);
  return {maps_of(kOut, type, 1), maps_of(kOut, type, 2), norm.mean, {norm.shift, norm.scale}};
}

// Everything a backward pass gives, side by side in double.
at::Tensor everything(const PointwiseGradient& by, const at::Tensor& into) {
  return at::cat({by.weight.reshape(-1).to(at::kDouble), by.norm.weight.to(at::kDouble),
                  by.norm.bias.to(at::kDouble), into.reshape(-1).to(at::kDouble)});
}

}  // namespace

TEST_CASE("a pending gradient gives the bits of the same gradient made whole") {
  for (const at::ScalarType type : {at::kFloat, at::kDouble, at::kBFloat16}) {
    for (const Products products : {Products::native, Products::widened}) {
      CAPTURE(type);
      const at::ScalarType wide = type == at::kBFloat16 ? at::kFloat : type;
      const at::Tensor maps = maps_of(kIn, type, 3);
      const at::Tensor weight = random({kOut, kIn, 1, 1}, 4).to(wide);
      const auto backward = [&](const PendingGradient& gradient) {
        const at::Tensor into = maps_of(kIn, wide, 5);
        const PointwiseGradient by = cpu::norm_relu_pointwise_backward(
            gradient, maps, norm_of(kIn, wide), weight, /*wants_weight=*/true, into, products);
        return everything(by, into);
      };
      const PendingGradient pending = pending_of(type, wide);
      const at::Tensor taken = backward(pending);
      CHECK(taken.equal(backward({whole(pending)})));
      CHECK_FALSE(taken.equal(backward({pending.gradient})));
    }
  }
}

TEST_CASE("a pending gradient is taken where our loops do not serve") {
  PendingGradient pending = pending_of(at::kFloat, at::kFloat);
  const at::Tensor maps = maps_of(kIn, at::kFloat, 3), weight = random({kOut, kIn, 1, 1}, 4);
  const auto backward = [&](const at::Tensor& in) {
    const at::Tensor into = at::zeros_like(in);
    const PointwiseGradient by = norm_relu_pointwise_backward(pending, in, norm_of(kIn, at::kFloat),
                                                              weight, /*wants_weight=*/true, into);
    return everything(by, into);
  };
  const at::Tensor last = backward(maps), first = backward(maps.contiguous());
  // sums of 1200 products of normal numbers: some 35, of which float keeps seven digits
  CHECK(at::allclose(first, last, 1e-4, 1e-3));
  pending.maps = pending.maps.contiguous();
  CHECK(at::allclose(backward(maps), last, 1e-4, 1e-3));
}
