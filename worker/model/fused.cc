#include "worker/model/fused.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>

#include "base/error.h"

namespace radsweep::model {

SavedTensors& SavedTensors::add(const at::Tensor& tensor) {
  tensors_.push_back(tensor);
  return *this;
}

SavedTensors& SavedTensors::add(const kernels::Norm& norm) {
  return add(norm.mean).add(norm.inverse_std).add(norm.weight).add(norm.bias);
}

kernels::Norm SavedReader::norm() {
  kernels::Norm norm;
  norm.mean = tensor();
  norm.inverse_std = tensor();
  norm.weight = tensor();
  norm.bias = tensor();
  return norm;
}

bool wants_gradient(const at::Tensor& input, at::TensorList parameters) {
  if (!at::GradMode::is_enabled()) return false;
  return input.requires_grad() ||
         std::ranges::any_of(parameters, [](const at::Tensor& p) { return p.requires_grad(); });
}

NormReluGradient norm_relu_gradient(const at::Tensor& gradient, const at::Tensor& maps,
                                    const kernels::Norm& norm, bool training) {
  const kernels::NormGradient by_norm =
      kernels::norm_relu_backward(gradient, maps, norm, gradient, kernels::Write::over);
  if (!training) return {gradient, by_norm};
  const std::int64_t count = maps.numel() / maps.size(1);
  return {kernels::through_moments(gradient, maps, norm.mean,
                                   kernels::through_moments(norm, by_norm, count)),
          by_norm};
}

void refuse_second_derivative() {
  // the engine switches grad mode on for backward passes with create_graph
  if (!at::GradMode::is_enabled()) return;
  throw Error(ExitCode::internal, "differentiate", "a gradient",
              "the fused body and bf16 have no second derivative",
              "use the reference body in fp32 for it");
}

}  // namespace radsweep::model
