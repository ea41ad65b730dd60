#include "worker/model/bf16_layers.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/linear.h>
#include <torch/csrc/autograd/custom_function.h>

#include "worker/model/fused.h"

namespace radsweep::model {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

class Bf16Convolution : public torch::autograd::Function<Bf16Convolution> {
 public:
  static at::Tensor forward(AutogradContext* context, const at::Tensor& maps,
                            const at::Tensor& weight, std::int64_t stride, std::int64_t padding) {
    context->save_for_backward({maps, weight});
    context->saved_data["stride"] = stride;
    context->saved_data["padding"] = padding;
    return kernels::convolution(maps, weight, {stride, padding});
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    refuse_second_derivative();
    const variable_list saved = context->get_saved_variables();
    const kernels::Window window{context->saved_data["stride"].toInt(),
                                 context->saved_data["padding"].toInt()};
    const kernels::ConvolutionGradient by = kernels::convolution_backward(
        gradients.front(), saved.at(0), saved.at(1), window,
        {.maps = context->needs_input_grad(0), .weight = context->needs_input_grad(1)});
    return {by.maps, by.weight, {}, {}};
  }
};

}  // namespace

bool multiplies_bf16(c10::Device device) {
  return kernels::products_on(device) == kernels::Products::native;
}

at::Tensor bf16_convolution(const at::Tensor& maps, const at::Tensor& weight,
                            const kernels::Window& window) {
  if (wants_gradient(maps, {weight})) {
    return Bf16Convolution::apply(maps, weight, window.stride, window.padding);
  }
  const at::NoGradGuard no_grad;
  return kernels::convolution(maps, weight, window);
}

at::Tensor bf16_linear(const at::Tensor& input, const at::Tensor& weight) {
  return at::linear(input.to(at::kFloat), weight.to(at::kBFloat16).to(at::kFloat));
}

}  // namespace radsweep::model
