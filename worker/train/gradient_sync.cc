#include "worker/train/gradient_sync.h"

#include <ATen/core/grad_mode.h>

#include <span>

#include "base/error.h"

namespace radsweep::train {

double GradientSync::sum_of(double value) {
  memory_.sum(std::span(&value, 1));
  return value;
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
