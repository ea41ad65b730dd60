#include "orchestrator/examples/cached_images.h"

#include <fstream>
#include <sstream>

#include "base/durable_file.h"
#include "base/error.h"
#include "orchestrator/environment/cache_manifest.h"

namespace radsweep::orchestrator {
namespace fs = std::filesystem;

std::optional<CachedImages> CachedImages::find(const fs::path& folder,
                                               const std::vector<int>& resolutions,
                                               const std::string& data_manifest) {
  if (folder.empty()) return std::nullopt;
  for (const int resolution : resolutions) {
    if (find_cache(folder, resolution, data_manifest)) return CachedImages(folder, resolution);
  }
  return std::nullopt;
}

// index.csv has a head line, then "row,path" with rows from 0; find_cache has verified it.
CachedImages::CachedImages(const fs::path& folder, int resolution)
    : file_(folder / ("images-" + std::to_string(resolution) + ".u8")), resolution_(resolution) {
  std::istringstream lines(read_file(folder / "index.csv"));
  std::string line;
  std::getline(lines, line);
  for (std::size_t row = 0; std::getline(lines, line); ++row) {
    const std::string path = line.substr(line.find(',') + 1);
    if (path.starts_with("valid/")) rows_[path.substr(0, path.rfind('/'))].push_back(row);
  }
}

const std::vector<std::size_t>& CachedImages::views_of(const std::string& study) const {
  static const std::vector<std::size_t> none;
  const auto found = rows_.find(study);
  return found == rows_.end() ? none : found->second;
}

std::string CachedImages::pixels(std::size_t row) const {
  const auto side = static_cast<std::size_t>(resolution_);
  std::string pixels(side * side, '\0');
  std::ifstream file(file_, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(row * pixels.size()));
  file.read(pixels.data(), static_cast<std::streamsize>(pixels.size()));
  if (!file) {
    throw Error(ExitCode::environment, "read", file_.string(), "it ends early or is unreadable");
  }
  return pixels;
}

}  // namespace radsweep::orchestrator
