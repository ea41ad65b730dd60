#include "worker/train/batch_tensors.h"

#undef CHECK
#include <doctest/doctest.h>

using namespace radsweep;

TEST_CASE("a GPU with the fused kernels is given images as stored, all else augmented ones") {
  attempt::Recipe fused, reference;
  reference.kernels = "reference";
  const at::Device gpu(at::kCUDA, 0);
  const auto comes = [](at::Device device, const attempt::Recipe& recipe, data::Images as) {
    return train::images_for(device, recipe) == as;
  };
  CHECK(comes(gpu, fused, data::Images::stored));
  CHECK(comes(gpu, reference, data::Images::augmented));
  CHECK(comes(at::kCPU, fused, data::Images::augmented));
}

TEST_CASE("on the CPU a batch's tensors lie in the batch, images channels last") {
  data::Batch batch;
  batch.images = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};  // [1, 2, 2, 3]
  batch.study_of_view = {0};
  batch.labels = {1};
  batch.views = 1;
  const train::BatchTensors tensors = train::to_tensors(batch, 2, at::kCPU);
  CHECK(tensors.images.sizes() == at::IntArrayRef({1, 3, 2, 2}));
  CHECK(tensors.images[0][1][0][1].item<float>() == 4);
  CHECK(tensors.images.const_data_ptr() == batch.images.data());
  CHECK(tensors.labels.const_data_ptr() == batch.labels.data());
  CHECK(tensors.study_of_view.const_data_ptr() == batch.study_of_view.data());
}
