// Whether the store's disk has room for another run.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace radsweep::orchestrator {

// "12 MB free in runs/x, a run needs 740 MB", or nothing when there is room. A file system that
// does not tell has room.
std::optional<std::string> lack_of_room(const std::filesystem::path& folder, double bytes);

}  // namespace radsweep::orchestrator
