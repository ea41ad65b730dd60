// Checksums: SHA-256 names things (runs, data, weights), CRC-32 detects torn bytes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace radsweep {

// Incremental SHA-256 (OpenSSL EVP). Not copyable; one thread at a time.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void update(std::string_view bytes);
  // 64 lower-case hex digits. Call once, last.
  std::string hex();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

std::string sha256_hex(std::string_view bytes);

// Streams the file; throws Error(environment) when it cannot be read.
std::string sha256_of_file(const std::filesystem::path& path);

// zlib's CRC-32; `start` continues an earlier one.
std::uint32_t crc32_of(std::string_view bytes, std::uint32_t start = 0);

}  // namespace radsweep
