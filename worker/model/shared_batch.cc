#include "worker/model/shared_batch.h"

#include <ATen/OpMathType.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

#include <utility>

#include "worker/kernels/norm_relu.h"

namespace radsweep::model {
namespace {

// Both over all ranks. In double: what is summed loses nothing to the number of ranks.
std::pair<at::Tensor, at::Tensor> sums(SharedBatch& batch, const at::Tensor& a,
                                       const at::Tensor& b) {
  const at::Tensor both = at::stack({a.to(at::kDouble), b.to(at::kDouble)});
  batch.sum(both);
  return {both[0].to(a.scalar_type()), both[1].to(b.scalar_type())};
}

std::int64_t pixels(const at::Tensor& maps) {
  return maps.dim() == 4 ? maps.size(2) * maps.size(3) : 1;
}

kernels::Moments of_part(const at::Tensor& maps) {
  if (maps.dim() == 4) return kernels::channel_moments(maps);
  return kernels::channel_moments(maps.view({maps.size(0), maps.size(1), 1, 1}));
}

}  // namespace

std::int64_t values_per_channel(const SharedBatch* batch, const at::Tensor& maps) {
  return (batch ? batch->views() : maps.size(0)) * pixels(maps);
}

// From mean and mean square of each rank, weighted by their shares of the values.
kernels::Moments moments(SharedBatch* batch, const at::Tensor& maps) {
  if (!batch) return of_part(maps);
  const at::Tensor both = at::zeros({2, maps.size(1)}, maps.options().dtype(at::kDouble));
  const at::ScalarType type = at::toOpMathType(maps.scalar_type());
  if (maps.size(0) > 0) {
    const kernels::Moments part = of_part(maps);
    const double share = static_cast<double>(maps.size(0)) / static_cast<double>(batch->views());
    const at::Tensor mean = part.mean.to(at::kDouble);
    both[0].copy_(mean * share);
    both[1].copy_((part.variance.to(at::kDouble) + mean * mean) * share);
  }
  batch->sum(both);
  const at::Tensor variance = (both[1] - both[0] * both[0]).clamp_min_(0);
  return {both[0].to(type), variance.to(type)};
}

kernels::NormGradient whole(SharedBatch* batch, const kernels::NormGradient& part) {
  if (!batch) return part;
  auto [weight, bias] = sums(*batch, part.weight, part.bias);
  return {std::move(weight), std::move(bias)};
}

kernels::MomentsGradient whole(SharedBatch* batch, const kernels::MomentsGradient& part) {
  if (!batch) return part;
  auto [constant, slope] = sums(*batch, part.constant, part.slope);
  return {std::move(constant), std::move(slope)};
}

}  // namespace radsweep::model
