// A prepared image cache without preparing it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/durable_file.h"
#include "base/hash.h"
#include "worker/data/cache_manifest.h"

namespace radsweep::test {

// `pixels` of the images in the order of `paths`, px * px bytes each. What follows from them is
// filled into `manifest`.
inline void write_image_cache(const std::filesystem::path& folder, int px,
                              const std::vector<std::string>& paths, const std::string& pixels,
                              data::CacheManifest manifest = {}) {
  const std::string index = data::index_text(paths);
  replace_file(data::index_file(folder), index);
  replace_file(data::images_file(folder, px), pixels);
  manifest.resolution = px;
  manifest.images = paths.size();
  manifest.index_sha256 = sha256_hex(index);
  manifest.images_sha256 = sha256_hex(pixels);
  data::write_manifest(folder, manifest);
}

}  // namespace radsweep::test
