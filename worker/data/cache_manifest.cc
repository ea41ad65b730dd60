#include "worker/data/cache_manifest.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <system_error>

#include "base/durable_file.h"
#include "base/error.h"
#include "base/json_depth.h"

namespace radsweep::data {
namespace {

using nlohmann::json;
constexpr int kFormat = 1;

void count_part(const std::vector<Study>& part, std::size_t& studies, std::size_t& positive,
                std::size_t& images) {
  studies = part.size();
  for (const auto& study : part) {
    positive += study.label == 1 ? 1 : 0;
    images += study.images.size();
  }
}

}  // namespace

void count_studies(const Dataset& dataset, CacheManifest& manifest) {
  count_part(dataset.train, manifest.train_studies, manifest.train_positive, manifest.train_images);
  count_part(dataset.valid, manifest.valid_studies, manifest.valid_positive, manifest.valid_images);
  manifest.variant = dataset.variant;
}

std::filesystem::path manifest_file(const std::filesystem::path& cache, int resolution) {
  return cache / ("manifest-" + std::to_string(resolution) + ".json");
}

std::filesystem::path images_file(const std::filesystem::path& cache, int resolution) {
  return cache / ("images-" + std::to_string(resolution) + ".u8");
}

std::filesystem::path index_file(const std::filesystem::path& cache) {
  return cache / "index.csv";
}

std::vector<int> resolutions_of(const std::filesystem::path& cache) {
  std::vector<int> resolutions;
  std::error_code failure;
  if (!std::filesystem::is_directory(cache, failure)) return resolutions;
  for (const auto& entry : std::filesystem::directory_iterator(cache, failure)) {
    int resolution = 0;
    const std::string name = entry.path().filename().string();
    if (std::sscanf(name.c_str(), "manifest-%d.json", &resolution) != 1) continue;
    if (name == manifest_file(cache, resolution).filename()) resolutions.push_back(resolution);
  }
  if (failure) throw system_error("list", cache.string(), failure.value());
  std::ranges::sort(resolutions);
  return resolutions;
}

std::string index_text(const std::vector<std::string>& images) {
  std::string text = "row,path\n";
  for (std::size_t row = 0; row < images.size(); ++row) {
    text += std::to_string(row) + "," + images[row] + "\n";
  }
  return text;
}

void write_manifest(const std::filesystem::path& cache, const CacheManifest& m) {
  const json object = {{"format", kFormat},
                       {"resolution", m.resolution},
                       {"images", m.images},
                       {"data_manifest", m.data_manifest},
                       {"index_sha256", m.index_sha256},
                       {"images_sha256", m.images_sha256},
                       {"train_studies", m.train_studies},
                       {"train_positive", m.train_positive},
                       {"train_images", m.train_images},
                       {"valid_studies", m.valid_studies},
                       {"valid_positive", m.valid_positive},
                       {"valid_images", m.valid_images},
                       {"variant", m.variant},
                       {"upsampled_images", m.upsampled_images}};
  replace_file(manifest_file(cache, m.resolution), object.dump(2) + "\n");
}

std::optional<CacheManifest> read_manifest(const std::filesystem::path& cache, int resolution) {
  const auto path = manifest_file(cache, resolution);
  const auto text = read_file_if_exists(path);
  if (!text) return std::nullopt;
  try {
    if (is_deep_json(*text)) {
      throw Error(ExitCode::environment, "read", path.string(), "it nests deeper than any manifest",
                  "remove this file; `radsweep data prepare` writes it again");
    }
    const json object = json::parse(*text);
    if (object.at("format") != kFormat) {
      throw Error(ExitCode::environment, "read", path.string(),
                  "its format is " + object.at("format").dump() + ", this program reads 1",
                  "remove this cache folder; `radsweep data prepare` makes it again");
    }
    CacheManifest m;
    m.resolution = object.at("resolution");
    m.images = object.at("images");
    m.data_manifest = object.at("data_manifest");
    m.index_sha256 = object.at("index_sha256");
    m.images_sha256 = object.at("images_sha256");
    m.train_studies = object.at("train_studies");
    m.train_positive = object.at("train_positive");
    m.train_images = object.at("train_images");
    m.valid_studies = object.at("valid_studies");
    m.valid_positive = object.at("valid_positive");
    m.valid_images = object.at("valid_images");
    m.variant = object.at("variant");
    m.upsampled_images = object.at("upsampled_images");
    return m;
  } catch (const json::exception& failure) {
    throw Error(ExitCode::environment, "read", path.string(), failure.what(),
                "remove this file; `radsweep data prepare` writes it again");
  }
}

}  // namespace radsweep::data
