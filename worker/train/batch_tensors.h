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

// How the images of a batch should come: a GPU augments them by itself with the fused kernels.
data::Images images_for(at::Device device, const attempt::Recipe& recipe);

// Images in the device's memory format. On the CPU all borrow the batch's memory: keep the batch as
// long as them. For a GPU copies are queued, after what it does already; the batch is free at once.
BatchTensors to_tensors(data::Batch& batch, int px, at::Device device);

}  // namespace radsweep::train
