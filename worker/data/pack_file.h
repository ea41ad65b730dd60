// images-<R>.u8 while it is being written: images arrive in any order, finished chunks survive a
// kill.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "worker/data/cache_journal.h"

namespace radsweep::data {

// Images per chunk: what a kill costs at most, per resolution and thread.
inline constexpr std::size_t kChunkImages = 256;
std::size_t chunks_of(std::size_t images);

// journal-<R>.txt of a cache: of no use once the manifest is written.
std::filesystem::path journal_file(const std::filesystem::path& cache, int resolution);

class PackFile {
 public:
  // Opens or creates the file and its journal, and verifies the checksum of every chunk that the
  // journal names; a chunk that fails is not done. `content` names what the cache is made of.
  // Throws Error(environment).
  PackFile(const std::filesystem::path& cache, int resolution, std::size_t images,
           const std::string& content);
  ~PackFile();
  PackFile(const PackFile&) = delete;
  PackFile& operator=(const PackFile&) = delete;

  int resolution() const { return resolution_; }
  bool is_done(std::size_t chunk) const { return done_[chunk]; }

  // Thread-safe. `pixels` is [R, R]. `upsampled`: the source was smaller than that.
  void put(std::size_t image, std::span<const std::uint8_t> pixels, bool upsampled);
  // After the last put() of this chunk: syncs and journals it. Thread-safe for different chunks.
  void finish_chunk(std::size_t chunk);

  // After all chunks: SHA-256 of the whole file, and how many images were upsampled.
  std::string sha256() const;
  std::size_t upsampled_images() const;

 private:
  std::uint32_t crc_of_chunk(std::size_t chunk) const;
  std::size_t first_image(std::size_t chunk) const { return chunk * kChunkImages; }

  std::filesystem::path path_;
  int resolution_;
  std::size_t images_, image_bytes_;
  int fd_ = -1;
  std::unique_ptr<CacheJournal> journal_;
  std::vector<bool> done_;                           // when it was opened
  std::vector<std::atomic<std::size_t>> upsampled_;  // per chunk
};

}  // namespace radsweep::data
