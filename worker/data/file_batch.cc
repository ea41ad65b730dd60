#include "worker/data/file_batch.h"

#include "worker/data/augment.h"
#include "worker/data/jpeg.h"
#include "worker/data/lanczos_resize.h"

namespace radsweep::data {

Batch read_batch(const std::filesystem::path& root, std::span<const Study> studies, int px) {
  Batch batch;
  const auto pixels = static_cast<std::size_t>(px) * static_cast<std::size_t>(px);
  for (std::size_t i = 0; i < studies.size(); ++i) {
    batch.studies.push_back(i);
    batch.labels.push_back(static_cast<float>(studies[i].label));
    for (const std::string& path : studies[i].images) {
      const GreyImage image = decode_jpeg_file(root / path);
      const auto resized = lanczos_resize(image.pixels, image.width, image.height, px, px);
      batch.images.resize(batch.images.size() + 3 * pixels);
      augment_to_rgb(resized, px, px, AugmentDraw{}, "zeros",
                     std::span(batch.images).last(3 * pixels));
      batch.study_of_view.push_back(static_cast<std::int64_t>(i));
      ++batch.views;
    }
  }
  return batch;
}

}  // namespace radsweep::data
