#include "worker/data/cache_check.h"

#include <algorithm>
#include <system_error>

#include "base/error.h"
#include "base/hash.h"

namespace radsweep::data {
namespace {

namespace fs = std::filesystem;

class CacheCheck {
 public:
  CacheCheck(const fs::path& cache, const std::string& data_manifest, Problems& problems)
      : cache_(cache), data_manifest_(data_manifest), problems_(problems) {}

  std::vector<CacheManifest> manifests() {
    std::vector<CacheManifest> found;
    const std::vector<int> resolutions = resolutions_of(cache_);
    if (resolutions.empty()) add(cache_, "there is no finished image cache in it");
    for (const int resolution : resolutions) {
      try {
        if (auto manifest = read_manifest(cache_, resolution)) found.push_back(*manifest);
      } catch (const Error& error) {
        add(manifest_file(cache_, resolution), error.why());
      }
    }
    return found;
  }

  void check(const CacheManifest& manifest) {
    if (!data_manifest_.empty() && manifest.data_manifest != data_manifest_) {
      add(manifest_file(cache_, manifest.resolution), "is of other data or another label policy");
    }
    hold_against(index_file(cache_), manifest.index_sha256);
    const auto side = static_cast<std::uintmax_t>(manifest.resolution);
    const fs::path pack = images_file(cache_, manifest.resolution);
    std::error_code missing;
    const std::uintmax_t bytes = fs::file_size(pack, missing);
    const std::uintmax_t expected = side * side * manifest.images;
    if (!missing && bytes != expected) {
      add(pack, "has " + std::to_string(bytes) + " bytes, not the " + std::to_string(expected) +
                    " of its manifest");
      return;
    }
    hold_against(pack, manifest.images_sha256);
  }

 private:
  void hold_against(const fs::path& file, const std::string& sha256) {
    try {
      const std::string found = sha256_of_file(file);
      if (found == sha256) return;
      add(file, "its SHA-256 is " + found.substr(0, 12) + ", in the manifest " +
                    sha256.substr(0, 12) + "; remove it, `radsweep data prepare` makes it again");
    } catch (const Error& error) {
      add(file, error.why());
    }
  }

  void add(const fs::path& file, const std::string& why) {
    problems_.add({ProblemKind::bad_cache, file.filename().string(), 0, why});
  }

  const fs::path& cache_;
  const std::string& data_manifest_;
  Problems& problems_;
};

}  // namespace

std::vector<CacheManifest> check_cache(
    const fs::path& cache, const std::string& data_manifest, Problems& problems,
    const std::function<void(std::size_t done, std::size_t total)>& progress) {
  CacheCheck check(cache, data_manifest, problems);
  const std::vector<CacheManifest> manifests = check.manifests();
  for (std::size_t done = 0; done < manifests.size(); ++done) {
    if (progress) progress(done, manifests.size());
    check.check(manifests[done]);
  }
  if (progress && !manifests.empty()) progress(manifests.size(), manifests.size());
  return manifests;
}

}  // namespace radsweep::data
