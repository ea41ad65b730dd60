#include "worker/data/augment.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include "tests/oracle/oracle.h"
#include "worker/model/weights_file.h"

namespace radsweep::oracle {

void augment(const Arguments& arguments) {
  at::Tensor images, draws;
  for (const model::NamedTensor& entry : model::read_weights_file(arguments.at(0)).tensors) {
    (entry.name == "images" ? images : draws) = entry.value;
  }
  const auto count = images.size(0), height = images.size(1), width = images.size(2);
  const auto pixels = static_cast<std::size_t>(height * width);
  at::Tensor results = at::empty({count, height, width}, at::TensorOptions(at::kFloat));
  for (std::int64_t i = 0; i < count; ++i) {
    const float* image = images.const_data_ptr<float>() + i * height * width;
    const float* d = draws.const_data_ptr<float>() + i * draws.size(1);
    const data::AugmentDraw draw{.flip = d[0] != 0,
                                 .rotate_deg = d[1],
                                 .zoom = d[2],
                                 .zoom_x = d[3],
                                 .zoom_y = d[4],
                                 .warp_x = d[5],
                                 .warp_y = d[6],
                                 .brightness = d[7],
                                 .contrast = d[8]};
    const std::vector<std::uint8_t> bytes(image, image + pixels);
    data::augment_image(bytes, static_cast<int>(height), static_cast<int>(width), draw, "zeros",
                        {results.mutable_data_ptr<float>() + i * height * width, pixels});
  }
  model::write_weights_file(arguments.at(1), {{"images", results}});
}

}  // namespace radsweep::oracle
