// The resized images of a data set at one resolution, memory-mapped read-only.
//   images-<R>.u8       raw uint8 [N, R, R], row-major
//   index.csv           "row,path" per image
//   manifest-<R>.json   {format, resolution, images, index_sha256, images_sha256, ...}
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace radsweep::data {

class ImageCache {
 public:
  // Maps the cache. Throws Error(environment) when it is missing, incomplete, of another size
  // than its manifest says, or its index does not match the manifest. The images' checksum is
  // verified by `radsweep data check ROOT --cache`, not here (it would read everything).
  ImageCache(const std::filesystem::path& folder, int resolution);
  ~ImageCache();
  ImageCache(const ImageCache&) = delete;
  ImageCache& operator=(const ImageCache&) = delete;

  int resolution() const { return resolution_; }
  std::size_t size() const { return paths_.size(); }
  // [R, R] row-major; valid as long as the cache. Thread-safe.
  std::span<const std::uint8_t> image(std::size_t row) const;
  // Throws Error(environment) when the image is not in the cache.
  std::size_t row_of(const std::string& path) const;
  const std::string& images_sha256() const { return images_sha256_; }
  // Images whose source had a side below the resolution.
  std::size_t upsampled_images() const { return upsampled_images_; }
  // attempt::data_manifest() of the data it was made from.
  const std::string& data_manifest() const { return data_manifest_; }

 private:
  int resolution_;
  std::vector<std::string> paths_;
  std::unordered_map<std::string, std::size_t> row_of_path_;
  std::string images_sha256_, data_manifest_;
  std::size_t upsampled_images_ = 0;
  const std::uint8_t* pixels_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace radsweep::data
