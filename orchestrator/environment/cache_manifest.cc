#include "orchestrator/environment/cache_manifest.h"

#include <nlohmann/json.hpp>

#include "base/durable_file.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/json_depth.h"

namespace radsweep::orchestrator {
namespace fs = std::filesystem;
using nlohmann::json;

std::optional<CacheManifest> find_cache(const fs::path& folder, int resolution,
                                        const std::string& data_manifest) {
  const fs::path file = folder / ("manifest-" + std::to_string(resolution) + ".json");
  const auto text = read_file_if_exists(file);
  if (!text) return std::nullopt;
  CacheManifest manifest;
  std::string index_sha256;
  try {
    if (is_deep_json(*text)) {
      throw Error(ExitCode::environment, "use the image cache", file.string(),
                  "it nests deeper than any manifest",
                  "remove this file; the cache is then made again");
    }
    const json object = json::parse(*text);
    if (object.at("format") != 1) {
      throw Error(ExitCode::environment, "use the image cache", file.string(),
                  "its format is " + object.at("format").dump() + ", this program knows 1",
                  "remove the folder, or name another one as data: cache:");
    }
    manifest = {object.at("data_manifest"), object.at("train_studies"), object.at("train_images"),
                object.at("images")};
    index_sha256 = object.at("index_sha256");
  } catch (const json::exception& failure) {
    throw Error(ExitCode::environment, "use the image cache", file.string(),
                std::string("it is damaged: ") + failure.what(),
                "remove this file; the cache is then made again");
  }
  if (manifest.data_manifest != data_manifest) {
    throw Error(ExitCode::environment, "use the image cache", folder.string(),
                "it was made from other data: train.csv, valid.csv or the label policy differ",
                "name another folder as data: cache:, or leave the key out");
  }
  std::error_code missing;
  const auto bytes =
      fs::file_size(folder / ("images-" + std::to_string(resolution) + ".u8"), missing);
  const auto expected = static_cast<std::uintmax_t>(manifest.images) *
                        static_cast<std::uintmax_t>(resolution) *
                        static_cast<std::uintmax_t>(resolution);
  if (missing || bytes != expected) return std::nullopt;
  const fs::path index = folder / "index.csv";
  if (!fs::exists(index) || sha256_of_file(index) != index_sha256) return std::nullopt;
  return manifest;
}

}  // namespace radsweep::orchestrator
