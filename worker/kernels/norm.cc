#include "worker/kernels/norm.h"

namespace radsweep::kernels {

Norm norm_of(const at::Tensor& mean, const at::Tensor& inverse_std, const at::Tensor& weight,
             const at::Tensor& bias) {
  const at::Tensor scale = inverse_std * weight;
  return {mean, inverse_std, scale, bias - mean * scale};
}

// With s = inverse_std * weight, xhat = (x - mean) * inverse_std and N = count, the gradient of
// the norm's input is s * (g - sum(g) / N - xhat * sum(g xhat) / N), the sums being those of the
// parameters' gradients.
MomentsGradient through_moments(const Norm& norm, const NormGradient& gradient,
                                std::int64_t count) {
  const at::Tensor share = norm.scale / count;
  return {share * gradient.bias, share * norm.inverse_std * gradient.weight};
}

}  // namespace radsweep::kernels
