#include "worker/data/image_cache.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/durable_file.h"
#include "base/error.h"
#include "base/hash.h"
#include "worker/data/cache_manifest.h"
#include "worker/data/csv_reader.h"

namespace radsweep::data {
namespace {

Error unusable(const std::filesystem::path& where, const std::string& why) {
  return Error(ExitCode::environment, "use the image cache", where.string(), why,
               "`radsweep data prepare ROOT --cache " + where.parent_path().string() +
                   " --resolution ...` makes it; remove files it refuses first");
}

// The paths of index.csv, in order of rows.
std::vector<std::string> read_index(const std::filesystem::path& path,
                                    const CacheManifest& manifest) {
  const std::string text = read_file(path);
  if (sha256_hex(text) != manifest.index_sha256) {
    throw unusable(path, "it is not the index that the manifest names");
  }
  std::vector<std::string> paths;
  CsvReader reader(text);
  CsvRecord record;
  reader.next(record);  // the header
  while (reader.next(record)) {
    if (record.fields.size() != 2 || record.fields[0] != std::to_string(paths.size())) {
      throw unusable(path, "line " + std::to_string(record.line) + " is no row of an index");
    }
    paths.push_back(record.fields[1]);
  }
  if (paths.size() != manifest.images) throw unusable(path, "it does not name every image");
  return paths;
}

const std::uint8_t* map_read_only(const std::filesystem::path& path, std::size_t bytes) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) throw unusable(path, system_error("open", "", errno).why());
  struct stat status {};
  const bool known = ::fstat(fd, &status) == 0;
  if (!known || static_cast<std::size_t>(status.st_size) != bytes) {
    ::close(fd);
    throw unusable(path, "it has " + std::to_string(status.st_size) + " bytes, not the " +
                             std::to_string(bytes) + " of its manifest");
  }
  void* address = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, fd, 0);
  const int error_number = errno;
  ::close(fd);
  if (address == MAP_FAILED) throw system_error("map", path.string(), error_number);
  return static_cast<const std::uint8_t*>(address);
}

}  // namespace

ImageCache::ImageCache(const std::filesystem::path& folder, int resolution)
    : resolution_(resolution) {
  const auto manifest = read_manifest(folder, resolution);
  if (!manifest) throw unusable(manifest_file(folder, resolution), "there is no finished cache");
  if (manifest->resolution != resolution || manifest->images == 0) {
    throw unusable(manifest_file(folder, resolution), "it describes another cache");
  }
  paths_ = read_index(index_file(folder), *manifest);
  for (std::size_t row = 0; row < paths_.size(); ++row) row_of_path_.emplace(paths_[row], row);
  images_sha256_ = manifest->images_sha256;
  data_manifest_ = manifest->data_manifest;
  upsampled_images_ = manifest->upsampled_images;
  const auto side = static_cast<std::size_t>(resolution);
  bytes_ = paths_.size() * side * side;
  pixels_ = map_read_only(images_file(folder, resolution), bytes_);
}

ImageCache::~ImageCache() {
  if (pixels_) ::munmap(const_cast<std::uint8_t*>(pixels_), bytes_);
}

std::span<const std::uint8_t> ImageCache::image(std::size_t row) const {
  ensure(row < paths_.size(), "an image outside the cache");
  const std::size_t image_bytes = bytes_ / paths_.size();
  return {pixels_ + row * image_bytes, image_bytes};
}

std::size_t ImageCache::row_of(const std::string& path) const {
  const auto found = row_of_path_.find(path);
  if (found == row_of_path_.end()) {
    throw Error(ExitCode::environment, "find", path, "the image cache does not hold this image",
                "was the cache made from another data set or label policy?");
  }
  return found->second;
}

}  // namespace radsweep::data
