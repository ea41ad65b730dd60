#include "worker/train/noise_data.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "base/counter_hash.h"
#include "base/durable_file.h"
#include "base/hash.h"
#include "worker/data/cache_manifest.h"

namespace radsweep::train {
namespace {

// More than two batches of the paper's, so that the processor's caches do not hold them all.
constexpr std::size_t kImages = 96;

std::string noise(std::size_t bytes) {
  std::string pixels(bytes, '\0');
  for (std::size_t i = 0; i < bytes; ++i) pixels[i] = static_cast<char>(counter_hash({i}) >> 56);
  return pixels;
}

std::vector<data::Study> make_studies(const std::string& part, int count, double images_per_study,
                                      const std::vector<std::string>& images) {
  std::vector<data::Study> studies;
  std::size_t next = 0;
  for (int i = 0; i < count; ++i) {
    const double views = std::floor((i + 1) * images_per_study) - std::floor(i * images_per_study);
    data::Study study{part + "/study" + std::to_string(i), i % 2, {}, {}};
    for (int view = 0; view < std::max(1, static_cast<int>(views)); ++view) {
      study.images.push_back(images[next++ % images.size()]);
    }
    studies.push_back(std::move(study));
  }
  return studies;
}

}  // namespace

data::Dataset write_noise(const std::filesystem::path& cache, const NoiseOptions& options) {
  std::vector<std::string> paths;
  for (std::size_t i = 0; i < kImages; ++i) paths.push_back("noise/" + std::to_string(i) + ".jpg");
  const auto side = static_cast<std::size_t>(options.px);
  const std::string index = data::index_text(paths), pixels = noise(kImages * side * side);
  replace_file(data::index_file(cache), index, Durability::atomic_only);
  replace_file(data::images_file(cache, options.px), pixels, Durability::atomic_only);
  data::CacheManifest manifest;
  manifest.resolution = options.px;
  manifest.images = kImages;
  manifest.index_sha256 = sha256_hex(index);
  manifest.images_sha256 = sha256_hex(pixels);
  data::write_manifest(cache, manifest);
  return {make_studies("train", options.train_studies, options.images_per_study, paths),
          make_studies("valid", options.valid_studies, options.images_per_study, paths), "noise"};
}

}  // namespace radsweep::train
