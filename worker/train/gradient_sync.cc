#include "worker/train/gradient_sync.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>

#include <span>

#include "base/error.h"

namespace radsweep::train {

// As one piece, so that the ranks meet once. The loss has a place of its own: in double.
double GradientSync::sum_gradients(std::vector<TrainedParameter>& parameters, double loss) {
  const at::NoGradGuard no_grad;
  memory_.sum(std::span(&loss, 1));
  std::int64_t values = 0;
  const at::Tensor* any = nullptr;
  for (const TrainedParameter& parameter : parameters) {
    if (!parameter.tensor.grad().defined()) continue;
    any = &parameter.tensor.grad();
    values += any->numel();
  }
  if (!any) return loss;
  const at::Tensor joined = at::empty({values}, any->options());
  const auto for_each = [&](auto&& action) {
    std::int64_t first = 0;
    for (TrainedParameter& parameter : parameters) {
      at::Tensor& gradient = parameter.tensor.mutable_grad();
      if (!gradient.defined()) continue;
      action(joined.narrow(0, first, gradient.numel()).view(gradient.sizes()), gradient);
      first += gradient.numel();
    }
  };
  for_each([](const at::Tensor& part, const at::Tensor& gradient) { part.copy_(gradient); });
  sum(joined);
  for_each([](const at::Tensor& part, const at::Tensor& gradient) { gradient.copy_(part); });
  return loss;
}

void MemorySync::sum(at::Tensor values) {
  ensure(values.is_cpu() && values.is_contiguous(), "ranks on the CPU sum contiguous tensors");
  const auto count = static_cast<std::size_t>(values.numel());
  if (values.scalar_type() == at::kDouble) {
    memory().sum(std::span(values.mutable_data_ptr<double>(), count));
  } else {
    memory().sum(std::span(values.mutable_data_ptr<float>(), count));
  }
}

void MemorySync::copy_of_first(at::Tensor values) {
  const at::NoGradGuard no_grad;
  const at::Tensor copy = values.contiguous();
  memory().copy_of_first({static_cast<std::byte*>(copy.mutable_data_ptr()), copy.nbytes()});
  if (!copy.is_same(values)) values.copy_(copy);
}

}  // namespace radsweep::train
