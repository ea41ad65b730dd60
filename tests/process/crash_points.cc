#include "tests/process/crash_points.h"

#include <cstdlib>
#include <sstream>

#include "base/durable_file.h"

namespace radsweep::test {

namespace {

constexpr int kMost = 30;

std::vector<CrashPoint> some_of(const std::vector<CrashPoint>& points) {
  const char* asked = std::getenv("RADSWEEP_CRASH_POINTS");
  const auto most = static_cast<std::size_t>(asked ? std::atoi(asked) : kMost);
  // An odd step meets writes that are not made as well as those that are half made.
  const std::size_t step = points.size() <= most ? 1 : (points.size() / most) | 1;
  std::vector<CrashPoint> some;
  for (std::size_t i = 0; i < points.size(); i += step) some.push_back(points[i]);
  return some;
}

}  // namespace

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
  return some_of(points);
}

}  // namespace radsweep::test
