// Whether a path lies on a network file system, where SQLite's WAL mode cannot work.
#pragma once

#include <filesystem>

namespace radsweep::db {

// By the magic number that statfs(2) reports as f_type.
bool is_network_file_system(unsigned long magic);

// For an existing file or folder. Throws Error(environment) when the system cannot tell.
bool on_network_file_system(const std::filesystem::path& path);

}  // namespace radsweep::db
