// Are the bytes of an image cache still those that were written?
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "worker/data/cache_manifest.h"
#include "worker/data/problems.h"

namespace radsweep::data {

// Reads every finished pack of the cache and holds it against its manifest: size, SHA-256, the
// index, and `data_manifest`, the name of the data set it should be made of (empty: not known).
// What differs goes to `problems`, also when there is no finished pack at all. Returns the
// manifests that were found, by resolution. `progress` counts packs. Takes as long as reading the
// files.
std::vector<CacheManifest> check_cache(
    const std::filesystem::path& cache, const std::string& data_manifest, Problems& problems,
    const std::function<void(std::size_t done, std::size_t total)>& progress);

}  // namespace radsweep::data
