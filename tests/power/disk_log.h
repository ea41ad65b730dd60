// What a program did to the files below one folder, in order: written by the preloaded recorder
// (disk_recorder.cc), read by the model of a power loss (power_loss.h).
#pragma once

#include <cstdint>

namespace radsweep::test {

inline constexpr const char* kRecordRootVariable = "RADSWEEP_RECORD_ROOT";  // absolute, no links
inline constexpr const char* kRecordLogVariable = "RADSWEEP_RECORD_LOG";    // outside the root

enum class DiskOp : std::uint32_t {
  create,       // name; file = the new file
  make_folder,  // name
  remove,       // name
  rename,       // name -> second name
  write,        // file, offset, data
  truncate,     // file, offset = its new size
  sync_file,    // file
  sync_folder,  // name
};

// Followed by `name_bytes` of a path relative to the root and `data_bytes` of what was written, or
// of the second name.
struct DiskRecord {
  DiskOp op = DiskOp::create;
  std::uint32_t name_bytes = 0;
  std::uint64_t file = 0;  // inode number; used again after a file is gone
  std::uint64_t offset = 0;
  std::uint64_t data_bytes = 0;
};

}  // namespace radsweep::test
