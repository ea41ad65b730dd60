#include "tests/process/crash_points.h"

#include <sstream>

#include "base/durable_file.h"

namespace radsweep::test {

Environment dying(const std::string& program, const std::string& words) {
  return {{"LD_PRELOAD", DIE_AT_CALL_LIBRARY},
          {"RADSWEEP_DIE", "program=" + program + " " + words},
          {"ASAN_OPTIONS", kPreloadUnderAsan}};
}

std::vector<CrashPoint> crash_points(const std::string& program, const std::string& path,
                                     const std::function<void(const Environment&)>& live) {
  const TempDir folder;
  const std::string tally = (folder / "tally").string();
  live(dying(program, "path=" + path + " tally=" + tally));
  std::vector<CrashPoint> points;
  std::istringstream lines(read_file_if_exists(tally).value_or(""));
  int at = 0;
  for (std::string call; std::getline(lines, call);) {
    points.push_back({++at, "before", call});
    if (call.rfind("write ", 0) == 0) points.push_back({at, "torn", call});
  }
  return points;
}

}  // namespace radsweep::test
