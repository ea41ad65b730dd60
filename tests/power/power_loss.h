// A model of a power loss: from the log of what a program did, the folders that the disk could hold
// after the power went at any instant.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/power/disk_log.h"

namespace radsweep::test {

struct DiskStep {
  DiskRecord record;
  std::string name;  // relative to the root
  std::string data;
};

std::vector<DiskStep> read_disk_log(const std::filesystem::path& log);

// What became of the steps that nothing had synced: of a file's bytes, fsync of the file; of names
// (created, renamed, removed), fsync of the folder they are in. Synced ones are always there.
enum class Unsynced {
  lost,     // none of them reached the disk
  written,  // all did: what a kill of every process leaves
  drawn     // each one for itself, by chance; writes in sectors of 512 bytes, lost or zeroed
};

// Makes `target`, which does not exist, the folder as the disk could hold it when the power went
// after the first `steps` steps.
void build_disk_image(const std::vector<DiskStep>& log, std::size_t steps, Unsynced unsynced,
                      std::uint64_t seed, const std::filesystem::path& target);

}  // namespace radsweep::test
