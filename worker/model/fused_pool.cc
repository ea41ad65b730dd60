#include "worker/model/fused_pool.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/avg_pool2d_backward.h>
#include <ATen/ops/max_pool2d_with_indices.h>
#include <ATen/ops/max_pool2d_with_indices_backward.h>
#include <torch/csrc/autograd/custom_function.h>

#include "worker/model/fused.h"

namespace radsweep::model {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

at::Tensor pooled(const at::Tensor& maps, Pool pool) {
  if (pool == Pool::average_2x2) return at::avg_pool2d(maps, 2, 2);
  return std::get<0>(at::max_pool2d_with_indices(maps, /*kernel=*/3, /*stride=*/2, /*padding=*/1));
}

at::Tensor pooled_backward(const at::Tensor& gradient, const at::Tensor& maps, Pool pool) {
  if (pool == Pool::average_2x2) {
    return at::avg_pool2d_backward(gradient, maps, /*kernel_size=*/2, /*stride=*/2, /*padding=*/0,
                                   /*ceil_mode=*/false, /*count_include_pad=*/true,
                                   /*divisor_override=*/{});
  }
  const at::Tensor indices =
      std::get<1>(at::max_pool2d_with_indices(maps, /*kernel=*/3, /*stride=*/2, /*padding=*/1));
  return at::max_pool2d_with_indices_backward(gradient, maps, /*kernel_size=*/3, /*stride=*/2,
                                              /*padding=*/1, /*dilation=*/1, /*ceil_mode=*/false,
                                              indices);
}

class NormReluPool : public torch::autograd::Function<NormReluPool> {
 public:
  static at::Tensor forward(AutogradContext* context, const at::Tensor& maps,
                            const at::Tensor& /*weight*/, const at::Tensor& /*bias*/,
                            BatchNorm norm, Pool pool) {
    const kernels::Norm used = norm->norm_for(maps);
    context->save_for_backward(SavedTensors().add(maps).add(used).take());
    keep(*context, norm->shared_batch());
    context->saved_data["training"] = norm->is_training();
    context->saved_data["pool"] = static_cast<std::int64_t>(pool);
    return pooled(kernels::norm_relu(maps, used), pool);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    refuse_second_derivative();
    const variable_list tensors = context->get_saved_variables();
    SavedReader saved(tensors);
    const at::Tensor maps = saved.tensor();
    const kernels::Norm norm = saved.norm();
    const auto pool = static_cast<Pool>(context->saved_data["pool"].toInt());
    const NormReluGradient result = norm_relu_gradient(
        pooled_backward(gradients.front(), kernels::norm_relu(maps, norm), pool), maps, norm,
        context->saved_data["training"].toBool(), kept_batch(*context));
    return {kernels::whole(result.maps), result.norm.weight, result.norm.bias, {}, {}};
  }
};

}  // namespace

at::Tensor norm_relu_pool(const at::Tensor& maps, const BatchNorm& norm, Pool pool) {
  if (wants_gradient(maps, {norm->weight, norm->bias})) {
    return NormReluPool::apply(maps, norm->weight, norm->bias, norm, pool);
  }
  const at::NoGradGuard no_grad;
  BatchNorm module = norm;  // the holder
  return pooled(kernels::norm_relu(maps, module->norm_for(maps)), pool);
}

}  // namespace radsweep::model
