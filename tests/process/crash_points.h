// Every point at which a program can crash: it is killed at its first call that changes a file,
// then at its second, and so on to its end.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/process/process.h"
#include "tests/support/temp_dir.h"

namespace radsweep::test {

// What a sanitized program needs in ASAN_OPTIONS to bear a library in LD_PRELOAD.
inline constexpr const char* kPreloadUnderAsan = "verify_asan_link_order=0";

// What makes a process of `program` die as `words` say (die_at_call.cc).
Environment dying(const std::string& program, const std::string& words);

struct CrashPoint {
  int at = 0;        // n-th call
  std::string how;   // before, torn
  std::string call;  // "write /path"
};

// The points of one undisturbed life: `live` runs the program with these changes to its
// environment. Writes count twice: not made, and half made. At most so many of them, evenly
// spread, as RADSWEEP_CRASH_POINTS in the environment says: 30 without it, which takes a minute.
std::vector<CrashPoint> crash_points(const std::string& program, const std::string& path,
                                     const std::function<void(const Environment&)>& live);

}  // namespace radsweep::test
