#include "worker/train/batch_tensors.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

#include <cstring>
#include <span>

#include "worker/kernels/augment.h"
#include "worker/train/memory_format.h"

namespace radsweep::train {
namespace {

// On a GPU from memory that it reads by itself, while this thread goes on.
template <typename T>
at::Tensor on_device(std::span<T> values, at::IntArrayRef shape, at::ScalarType type,
                     at::Device device) {
  if (device.is_cpu()) return at::from_blob(values.data(), shape, at::TensorOptions(type));
  const at::Tensor pinned = at::empty(shape, at::TensorOptions(type).pinned_memory(true));
  if (!values.empty()) {
    std::memcpy(pinned.mutable_data_ptr(), values.data(), values.size_bytes());
  }
  return pinned.to(device, /*non_blocking=*/true);
}

at::Tensor images_on(at::Device device, data::Batch& batch, int px) {
  if (batch.pixels.empty()) {
    return on_device(std::span(batch.images), {batch.views, px, px, 3}, at::kFloat, device)
        .permute({0, 3, 1, 2})
        .contiguous(memory_format_on(device));
  }
  const std::span changes(reinterpret_cast<std::uint8_t*>(batch.changes.data()),
                          batch.changes.size() * sizeof(pixel::Change));
  return kernels::augmented(
             on_device(std::span(batch.pixels), {batch.views, px, px}, at::kByte, device),
             on_device(changes, {static_cast<std::int64_t>(changes.size())}, at::kByte, device))
      .contiguous(memory_format_on(device));
}

}  // namespace

data::Images images_for(at::Device device, const attempt::Recipe& recipe) {
  return device.is_cuda() && recipe.kernels == "fused" ? data::Images::stored
                                                       : data::Images::augmented;
}

BatchTensors to_tensors(data::Batch& batch, int px, at::Device device) {
  const auto studies = static_cast<std::int64_t>(batch.labels.size());
  return {images_on(device, batch, px),
          on_device(std::span(batch.study_of_view), {batch.views}, at::kLong, device),
          on_device(std::span(batch.labels), {studies}, at::kFloat, device)};
}

}  // namespace radsweep::train
