#include "worker/data/pack_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/error.h"
#include "base/hash.h"
#include "worker/data/cache_manifest.h"

namespace radsweep::data {
namespace {

constexpr const char* kDiskHint = "free some space and run it again to continue";

void write_at(int fd, std::span<const std::uint8_t> bytes, std::size_t offset,
              const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw system_error("write", path.string(), errno, kDiskHint);
    bytes = bytes.subspan(static_cast<std::size_t>(n));
    offset += static_cast<std::size_t>(n);
  }
}

}  // namespace

std::size_t chunks_of(std::size_t images) {
  return (images + kChunkImages - 1) / kChunkImages;
}

std::filesystem::path journal_file(const std::filesystem::path& cache, int resolution) {
  return cache / ("journal-" + std::to_string(resolution) + ".txt");
}

PackFile::PackFile(const std::filesystem::path& cache, int resolution, std::size_t images,
                   const std::string& content)
    : path_(images_file(cache, resolution)),
      resolution_(resolution),
      images_(images),
      image_bytes_(static_cast<std::size_t>(resolution) * static_cast<std::size_t>(resolution)),
      journal_(std::make_unique<CacheJournal>(journal_file(cache, resolution), content)),
      done_(chunks_of(images), false),
      upsampled_(chunks_of(images)) {
  fd_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd_ < 0) throw system_error("open", path_.string(), errno, kDiskHint);
  // A longer file, left by something else, would be checksummed whole and then refused for its
  // size. A shorter one grows without taking space.
  if (::ftruncate(fd_, static_cast<off_t>(images_ * image_bytes_)) != 0) {
    const int error_number = errno;
    ::close(fd_);
    throw system_error("resize", path_.string(), error_number, kDiskHint);
  }
  for (const auto& chunk : journal_->found()) {
    if (chunk.chunk >= done_.size() || crc_of_chunk(chunk.chunk) != chunk.crc) continue;
    done_[chunk.chunk] = true;
    upsampled_[chunk.chunk] = chunk.upsampled;
  }
}

PackFile::~PackFile() {
  if (fd_ >= 0) ::close(fd_);
}

void PackFile::put(std::size_t image, std::span<const std::uint8_t> pixels, bool upsampled) {
  ensure(image < images_ && pixels.size() == image_bytes_, "an image that does not fit its cache");
  write_at(fd_, pixels, image * image_bytes_, path_);
  if (upsampled) ++upsampled_[image / kChunkImages];
}

std::uint32_t PackFile::crc_of_chunk(std::size_t chunk) const {
  const std::size_t end = std::min(first_image(chunk + 1), images_) * image_bytes_;
  std::uint32_t crc = 0;
  std::string block(1 << 20, '\0');
  for (std::size_t at = first_image(chunk) * image_bytes_; at < end;) {
    const ssize_t n =
        ::pread(fd_, block.data(), std::min(block.size(), end - at), static_cast<off_t>(at));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw system_error("read", path_.string(), errno);
    if (n == 0) break;  // shorter than the journal says: the checksum will differ
    crc = crc32_of(std::string_view(block.data(), static_cast<std::size_t>(n)), crc);
    at += static_cast<std::size_t>(n);
  }
  return crc;
}

void PackFile::finish_chunk(std::size_t chunk) {
  if (::fdatasync(fd_) != 0) throw system_error("sync", path_.string(), errno, kDiskHint);
  journal_->add({chunk, crc_of_chunk(chunk), upsampled_[chunk]});
}

std::string PackFile::sha256() const {
  return sha256_of_file(path_);
}

std::size_t PackFile::upsampled_images() const {
  std::size_t total = 0;
  for (const auto& chunk : upsampled_) total += chunk;
  return total;
}

}  // namespace radsweep::data
