// Whether the store's disk has room for another run, or for a backup of its database.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace radsweep::orchestrator {

// "12 MB free in runs/x, a run needs 740 MB", or nothing when there is room for what `who` needs. A
// file system that does not tell has room.
std::optional<std::string> lack_of_room(const std::filesystem::path& folder, double bytes,
                                        const std::string& who = "a run");

}  // namespace radsweep::orchestrator
