// What the image cache of a sweep holds, read from its manifests without touching images.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace radsweep::orchestrator {

// The part of manifest-<R>.json that planning needs.
struct CacheManifest {
  std::string data_manifest;  // of the data it was made from
  long train_studies = 0, train_images = 0;
  long images = 0;  // of both parts
};

// The cache at `resolution` when it is complete: manifest there, images-<R>.u8 of the size it
// says, index.csv with the checksum it says. nullopt otherwise: `data prepare` has to make it.
// Throws Error(environment) when the manifest is of another format or the folder belongs to other
// data than `data_manifest`: it is never overwritten.
std::optional<CacheManifest> find_cache(const std::filesystem::path& folder, int resolution,
                                        const std::string& data_manifest);

}  // namespace radsweep::orchestrator
