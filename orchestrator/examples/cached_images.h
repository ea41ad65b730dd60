// Single images out of a prepared cache, found by study.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace radsweep::orchestrator {

class CachedImages {
 public:
  // The cache in `folder` at the first of `resolutions` that it holds complete. nullopt when it
  // holds none. Throws as find_cache: it is of other data, or damaged.
  static std::optional<CachedImages> find(const std::filesystem::path& folder,
                                          const std::vector<int>& resolutions,
                                          const std::string& data_manifest);

  int resolution() const { return resolution_; }
  // The rows of a validation study's views, ordered by name; empty: the cache has none.
  const std::vector<std::size_t>& views_of(const std::string& study) const;
  // Grey values, resolution() rows of as many. Throws Error(environment).
  std::string pixels(std::size_t row) const;

 private:
  CachedImages(const std::filesystem::path& folder, int resolution);

  std::filesystem::path file_;
  int resolution_;
  std::map<std::string, std::vector<std::size_t>> rows_;  // by study
};

}  // namespace radsweep::orchestrator
