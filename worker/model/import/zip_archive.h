// A zip archive whose entries are stored as they are, as torch.save writes it, also with zip64's
// large numbers.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace radsweep::model {

class ZipArchive {
 public:
  // Reads the directory at the archive's end. Throws Error(environment) when it is missing (a file
  // cut short) or wrong. `bytes` outlive the archive.
  ZipArchive(std::string_view bytes, std::string where);

  bool has(const std::string& name) const { return entries_.contains(name); }
  // The one entry that ends so. Throws Error(environment) for none or several.
  std::string name_ending_in(std::string_view ending) const;
  // An entry's bytes within the archive's, their CRC-32 checked. Throws Error(environment) when
  // there is none of that name, it is compressed, lies outside the archive or is damaged.
  std::string_view read(const std::string& name) const;

 private:
  struct Entry {
    unsigned method = 0;
    std::uint32_t crc = 0;
    std::uint64_t compressed_bytes = 0, bytes = 0, header_at = 0;
  };
  // Where the directory begins, and how many entries it has.
  struct Directory {
    std::uint64_t at = 0, entries = 0;
  };
  Directory find_directory() const;
  void read_directory(const Directory& directory);

  std::string_view bytes_;
  std::string where_;
  std::map<std::string, Entry> entries_;
};

}  // namespace radsweep::model
