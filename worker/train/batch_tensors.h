// A batch as the tensors the network takes.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include "worker/data/batch_loader.h"

namespace radsweep::train {

struct BatchTensors {
  at::Tensor images;         // [views, 3, px, px]
  at::Tensor study_of_view;  // [views] int64
  at::Tensor labels;         // [studies]
};

// Images in the device's memory format. On the CPU all borrow the batch's memory: keep the batch as
// long as them.
BatchTensors to_tensors(data::Batch& batch, int px, at::Device device);

}  // namespace radsweep::train
