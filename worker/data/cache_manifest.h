// manifest-<R>.json: what an image cache holds. Written last, so a cache with one is complete.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "worker/data/dataset.h"

namespace radsweep::data {

struct CacheManifest {
  int resolution = 0;
  std::size_t images = 0;
  std::string data_manifest;  // attempt::data_manifest() of what it was made from
  std::string index_sha256, images_sha256;
  std::size_t train_studies = 0, train_positive = 0, train_images = 0;
  std::size_t valid_studies = 0, valid_positive = 0, valid_images = 0;
  std::string variant;               // "CheXpert-v1.0", "CheXpert-v1.0-small", ...
  std::size_t upsampled_images = 0;  // sources with a side below the resolution

  bool operator==(const CacheManifest&) const = default;
};

// Counts studies, positives and images of both parts, and the variant, into `manifest`.
void count_studies(const Dataset& dataset, CacheManifest& manifest);

std::filesystem::path manifest_file(const std::filesystem::path& cache, int resolution);
std::filesystem::path images_file(const std::filesystem::path& cache, int resolution);
std::filesystem::path index_file(const std::filesystem::path& cache);

// The resolutions of all manifests in the folder, ascending; none when there is no such folder.
// Throws Error(environment) when it cannot be listed.
std::vector<int> resolutions_of(const std::filesystem::path& cache);

// "row,path" and one line per image. Paths hold neither commas nor quotes.
std::string index_text(const std::vector<std::string>& images);

void write_manifest(const std::filesystem::path& cache, const CacheManifest& manifest);
// nullopt when there is none; throws Error(environment) when it cannot be understood.
std::optional<CacheManifest> read_manifest(const std::filesystem::path& cache, int resolution);

}  // namespace radsweep::data
