#include "worker/model/import/zip_archive.h"

#include <algorithm>

#include "base/hash.h"
#include "worker/model/import/byte_reader.h"

namespace radsweep::model {
namespace {

// The records of PKWARE's APPNOTE.TXT that are needed here, sections 4.3.7 to 4.5.3.
constexpr std::uint64_t kLocalHeader = 0x04034b50;
constexpr std::uint64_t kDirectoryEntry = 0x02014b50;
constexpr std::uint64_t kEnd = 0x06054b50;
constexpr std::uint64_t kEnd64 = 0x06064b50;
constexpr std::uint64_t kEnd64Locator = 0x07064b50;
constexpr std::uint64_t kEndBytes = 22, kEnd64LocatorBytes = 20;
constexpr std::uint64_t kLongestComment = 65535;
constexpr std::uint64_t kSee64 = 0xffffffff;  // the number is in a zip64 record
constexpr std::uint64_t kExtra64 = 1;
constexpr std::uint64_t kMaxEntries = 100'000;
constexpr const char* kHint = "get the file again";

std::uint64_t take_signature(ByteReader& in) {
  return in.take_unsigned(4);
}

// The numbers of a directory entry that did not fit 32 bits, in the order they stand there.
void take_large_numbers(ByteReader extra, std::initializer_list<std::uint64_t*> numbers) {
  while (extra.left() >= 4) {
    const std::uint64_t kind = extra.take_unsigned(2);
    ByteReader field(extra.take(extra.take_unsigned(2)), extra.where());
    if (kind != kExtra64) continue;
    for (std::uint64_t* number : numbers) {
      if (*number == kSee64) *number = field.take_unsigned(8);
    }
    return;
  }
}

}  // namespace

ZipArchive::ZipArchive(std::string_view bytes, std::string where)
    : bytes_(bytes), where_(std::move(where)) {
  read_directory(find_directory());
}

ZipArchive::Directory ZipArchive::find_directory() const {
  const std::uint64_t size = bytes_.size();
  const std::uint64_t last = size < kEndBytes ? 0 : size - kEndBytes;
  const std::size_t end = bytes_.rfind("PK\5\6", last);
  if (size < kEndBytes || end == std::string_view::npos || last - end > kLongestComment) {
    refuse_import(where_, "it is a zip archive without its end: the file is cut short", kHint);
  }
  ByteReader in(bytes_, where_, end + 10);
  Directory directory;
  directory.entries = in.take_unsigned(2);
  in.take(4);
  directory.at = in.take_unsigned(4);
  if (end < kEnd64LocatorBytes) return directory;
  ByteReader locator(bytes_, where_, end - kEnd64LocatorBytes);
  if (take_signature(locator) != kEnd64Locator) return directory;
  locator.take(4);
  ByteReader end64(bytes_, where_, locator.take_unsigned(8));
  if (take_signature(end64) != kEnd64) {
    refuse_import(where_, "it is a zip archive whose zip64 end is not where it should be", kHint);
  }
  end64.take(28);
  directory.entries = end64.take_unsigned(8);
  end64.take(8);
  directory.at = end64.take_unsigned(8);
  return directory;
}

void ZipArchive::read_directory(const Directory& directory) {
  if (directory.entries > kMaxEntries) {
    refuse_import(where_, "it is a zip archive of more entries than any state dict");
  }
  ByteReader in(bytes_, where_, directory.at);
  std::uint64_t left = bytes_.size();
  for (std::uint64_t i = 0; i < directory.entries; ++i) {
    if (take_signature(in) != kDirectoryEntry) {
      refuse_import(where_, "it is a zip archive with a damaged directory", kHint);
    }
    in.take(6);
    Entry entry;
    entry.method = static_cast<unsigned>(in.take_unsigned(2));
    in.take(4);
    entry.crc = static_cast<std::uint32_t>(in.take_unsigned(4));
    entry.compressed_bytes = in.take_unsigned(4);
    entry.bytes = in.take_unsigned(4);
    const std::uint64_t name_bytes = in.take_unsigned(2);
    const std::uint64_t extra_bytes = in.take_unsigned(2);
    const std::uint64_t comment_bytes = in.take_unsigned(2);
    in.take(8);
    entry.header_at = in.take_unsigned(4);
    const std::string name(in.take(name_bytes));
    take_large_numbers(ByteReader(in.take(extra_bytes), where_),
                       {&entry.bytes, &entry.compressed_bytes, &entry.header_at});
    in.take(comment_bytes);
    // Entries that lie on top of each other could be read for hours.
    if (entry.compressed_bytes > left) {
      refuse_import(where_, "the entries of its zip archive have more bytes than the archive",
                    kHint);
    }
    left -= entry.compressed_bytes;
    if (!entries_.emplace(name, entry).second) {
      refuse_import(where_, "it is a zip archive with two entries " + quoted_name(name));
    }
  }
}

std::string ZipArchive::name_ending_in(std::string_view ending) const {
  const auto ends_so = [&](const auto& entry) { return entry.first.ends_with(ending); };
  const auto found = std::ranges::find_if(entries_, ends_so);
  if (found == entries_.end() || std::ranges::count_if(entries_, ends_so) != 1) {
    refuse_import(where_,
                  "it is a zip archive, but not one of torch.save: it has no single entry *" +
                      std::string(ending));
  }
  return found->first;
}

std::string_view ZipArchive::read(const std::string& name) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) {
    refuse_import(where_, "its zip archive has no entry " + quoted_name(name), kHint);
  }
  const Entry& entry = found->second;
  if (entry.method != 0 || entry.compressed_bytes != entry.bytes) {
    refuse_import(where_, "entry " + quoted_name(name) + " of its zip archive is compressed",
                  "torch.save writes entries as they are: do not pack its files again");
  }
  ByteReader in(bytes_, where_, entry.header_at);
  const bool signed_right = take_signature(in) == kLocalHeader;
  in.take(22);
  const std::uint64_t name_bytes = in.take_unsigned(2);
  const std::uint64_t extra_bytes = in.take_unsigned(2);
  if (!signed_right || in.take(name_bytes) != name) {
    refuse_import(where_,
                  "entry " + quoted_name(name) + " of its zip archive is not where it should be",
                  kHint);
  }
  in.take(extra_bytes);
  const std::string_view content = in.take(entry.bytes);
  if (crc32_of(content) != entry.crc) {
    refuse_import(where_, "entry " + quoted_name(name) + " of its zip archive is damaged (CRC-32)",
                  kHint);
  }
  return content;
}

}  // namespace radsweep::model
