#include "worker/model/shared_norm.h"

#include <ATen/OpMathType.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/addcmul.h>
#include <torch/csrc/autograd/custom_function.h>

#include <vector>

#include "worker/model/fused.h"

namespace radsweep::model {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// [c] beside maps of two or four dimensions.
at::Tensor beside(const at::Tensor& values, const at::Tensor& maps) {
  std::vector<std::int64_t> shape(static_cast<std::size_t>(maps.dim()), 1);
  shape[1] = values.size(0);
  return values.view(shape);
}

at::Tensor widened(const at::Tensor& maps) {
  return maps.to(at::toOpMathType(maps.scalar_type()));
}

at::Tensor normalised(const at::Tensor& input, const kernels::Norm& norm) {
  return at::addcmul(beside(norm.shift, input), widened(input), beside(norm.scale, input))
      .to(input.scalar_type());
}

at::Tensor sum_per_channel(const at::Tensor& maps) {
  return maps.dim() == 4 ? maps.sum({0, 2, 3}) : maps.sum(0);
}

class SharedNorm : public torch::autograd::Function<SharedNorm> {
 public:
  static at::Tensor forward(AutogradContext* context, const at::Tensor& input,
                            const at::Tensor& /*weight*/, const at::Tensor& /*bias*/,
                            const kernels::Norm& norm, SharedBatch* batch) {
    context->save_for_backward(SavedTensors().add(input).add(norm).take());
    keep(*context, batch);
    return normalised(input, norm);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    refuse_second_derivative();
    const variable_list tensors = context->get_saved_variables();
    SavedReader saved(tensors);
    const at::Tensor input = saved.tensor();
    const kernels::Norm norm = saved.norm();
    SharedBatch* batch = kept_batch(*context);
    const at::Tensor gradient = widened(gradients.front());
    const at::Tensor centred = widened(input) - beside(norm.mean, input);
    const kernels::NormGradient part{sum_per_channel(gradient * centred) * norm.inverse_std,
                                     sum_per_channel(gradient)};
    const kernels::MomentsGradient off =
        kernels::through_moments(norm, whole(batch, part), values_per_channel(batch, input));
    const at::Tensor by_input = (gradient * beside(norm.scale, input))
                                    .sub_(beside(off.constant, input))
                                    .addcmul_(centred, beside(off.slope, input), -1);
    return {by_input.to(input.scalar_type()), part.weight, part.bias, {}, {}};
  }
};

}  // namespace

at::Tensor shared_norm(const at::Tensor& input, BatchNormImpl& norm) {
  const kernels::Norm used = norm.norm_for(input);
  if (wants_gradient(input, {norm.weight, norm.bias})) {
    return SharedNorm::apply(input, norm.weight, norm.bias, used, norm.shared_batch());
  }
  const at::NoGradGuard no_grad;
  return normalised(input, used);
}

}  // namespace radsweep::model
