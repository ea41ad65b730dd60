#include "worker/train/memory_format.h"

#include <ATen/core/Tensor.h>

namespace radsweep::train {

at::MemoryFormat memory_format_on(at::Device device) {
  return device.is_cpu() ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous;
}

void place(model::StudyClassifier& model, at::Device device) {
  model->to(device);
  for (at::Tensor& parameter : model->parameters()) {
    if (parameter.dim() != 4) continue;
    parameter.set_data(parameter.contiguous(memory_format_on(device)));
  }
}

}  // namespace radsweep::train
