#include "worker/train/batch_tensors.h"

#include <ATen/ops/from_blob.h>

#include "worker/train/memory_format.h"

namespace radsweep::train {

BatchTensors to_tensors(data::Batch& batch, int px, at::Device device) {
  const auto studies = static_cast<std::int64_t>(batch.labels.size());
  const auto lend = [device](auto& values, at::IntArrayRef shape, at::ScalarType type) {
    return at::from_blob(values.data(), shape, at::TensorOptions(type)).to(device);
  };
  const at::Tensor images = lend(batch.images, {batch.views, px, px, 3}, at::kFloat);
  return {images.permute({0, 3, 1, 2}).contiguous(memory_format_on(device)),
          lend(batch.study_of_view, {batch.views}, at::kLong),
          lend(batch.labels, {studies}, at::kFloat)};
}

}  // namespace radsweep::train
