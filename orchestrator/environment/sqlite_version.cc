#include "orchestrator/environment/sqlite_version.h"

#include <cstdio>
#include <tuple>

namespace radsweep::orchestrator {

bool wal_reset_bug_fixed(const std::string& version) {
  int major = 0, minor = 0, patch = 0;
  if (std::sscanf(version.c_str(), "%d.%d.%d", &major, &minor, &patch) != 3) return false;
  const auto number = std::tuple(major, minor, patch);
  const auto from = [&](int fixed_minor, int fixed_patch) {
    return number >= std::tuple(3, fixed_minor, fixed_patch);
  };
  const bool before_wal = number < std::tuple(3, 7, 0);
  return before_wal || from(51, 3) || (minor == 50 && from(50, 7)) || (minor == 44 && from(44, 6));
}

}  // namespace radsweep::orchestrator
