// Which chunks of an unfinished image cache are on the disk: a text file beside it,
//   <what the cache is made of>
//   <chunk> <CRC-32 of its bytes> <upsampled images> <CRC-32 of this line>
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/durable_file.h"

namespace radsweep::data {

struct FinishedChunk {
  std::size_t chunk = 0;
  std::uint32_t crc = 0;
  std::size_t upsampled = 0;  // sources smaller than the resolution

  bool operator==(const FinishedChunk&) const = default;
};

class CacheJournal {
 public:
  // Continues the journal or begins one. Lines after a torn one are dropped. Throws
  // Error(environment) when it is of something else than `content` (one line).
  CacheJournal(const std::filesystem::path& path, const std::string& content);

  // What was there when it was opened.
  const std::vector<FinishedChunk>& found() const { return found_; }

  // Durable when it returns; call it once the chunk itself is. Thread-safe.
  void add(const FinishedChunk& chunk);

 private:
  std::vector<FinishedChunk> found_;
  std::mutex mutex_;
  std::unique_ptr<AppendFile> file_;
};

}  // namespace radsweep::data
