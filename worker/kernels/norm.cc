#include "worker/kernels/norm.h"

namespace radsweep::kernels {

// With s = inverse_std * weight, xhat = (x - mean) * inverse_std and N = count, the gradient of
// the norm's input is s * (g - sum(g) / N - xhat * sum(g xhat) / N), the sums being those of the
// parameters' gradients.
MomentsGradient through_moments(const Norm& norm, const NormGradient& gradient,
                                std::int64_t count) {
  const at::Tensor scale = norm.scale() / count;
  return {scale * gradient.bias, scale * norm.inverse_std * gradient.weight};
}

}  // namespace radsweep::kernels
