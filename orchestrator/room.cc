#include "orchestrator/room.h"

#include <sys/statvfs.h>

#include <cmath>

namespace radsweep::orchestrator {
namespace {

std::string megabytes(double bytes) {
  return std::to_string(static_cast<long>(std::ceil(bytes / 1e6))) + " MB";
}

}  // namespace

std::optional<std::string> lack_of_room(const std::filesystem::path& folder, double bytes,
                                        const std::string& who) {
  struct statvfs status {};
  if (::statvfs(folder.c_str(), &status) != 0 || status.f_blocks == 0) return std::nullopt;
  const double free = static_cast<double>(status.f_bavail) * static_cast<double>(status.f_frsize);
  if (free >= bytes) return std::nullopt;
  return megabytes(free) + " free in " + folder.string() + ", " + who + " needs " +
         megabytes(bytes);
}

}  // namespace radsweep::orchestrator
