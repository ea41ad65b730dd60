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
  return add(norm.mean).add(norm.inverse_std).add(norm.scale).add(norm.shift);
}

kernels::Norm SavedReader::norm() {
  kernels::Norm norm;
  norm.mean = tensor();
  norm.inverse_std = tensor();
  norm.scale = tensor();
  norm.shift = tensor();
  return norm;
}

bool wants_gradient(const at::Tensor& input, at::TensorList parameters) {
  if (!at::GradMode::is_enabled()) return false;
  return input.requires_grad() ||
         std::ranges::any_of(parameters, [](const at::Tensor& p) { return p.requires_grad(); });
}

NormReluGradient norm_relu_gradient(const at::Tensor& gradient, const at::Tensor& maps,
                                    const kernels::Norm& norm, bool training, SharedBatch* batch) {
  const kernels::NormGradient by_norm =
      kernels::norm_relu_backward(gradient, maps, norm, gradient, kernels::Write::over);
  kernels::PendingGradient by_maps{gradient, maps, norm.mean};
  if (training) {
    by_maps.correction =
        kernels::through_moments(norm, whole(batch, by_norm), values_per_channel(batch, maps));
  }
  return {by_maps, by_norm};
}

// What a context keeps beside tensors are values: the address is one.
void keep(torch::autograd::AutogradContext& context, SharedBatch* batch) {
  context.saved_data["batch"] = static_cast<std::int64_t>(reinterpret_cast<std::intptr_t>(batch));
}

SharedBatch* kept_batch(torch::autograd::AutogradContext& context) {
  return reinterpret_cast<SharedBatch*>(
      static_cast<std::intptr_t>(context.saved_data.at("batch").toInt()));
}

void refuse_second_derivative() {
  // the engine switches grad mode on for backward passes with create_graph
  if (!at::GradMode::is_enabled()) return;
  throw Error(ExitCode::internal, "differentiate", "a gradient",
              "the fused body and bf16 have no second derivative",
              "use the reference body in fp32 for it");
}

}  // namespace radsweep::model
