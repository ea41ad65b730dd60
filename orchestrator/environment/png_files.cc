#include "orchestrator/environment/png_files.h"

#include <unistd.h>

#include <cstdlib>
#include <sstream>
#include <string>

#include "base/error.h"
#include "orchestrator/environment/child_process.h"

namespace radsweep::orchestrator {
namespace fs = std::filesystem;
namespace {

std::optional<fs::path> in_path(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');) {
    const fs::path file = fs::path(folder) / program;
    if (!folder.empty() && fs::is_regular_file(file) && ::access(file.c_str(), X_OK) == 0) {
      return file;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::vector<fs::path>> write_pngs(const std::vector<fs::path>& svgs) {
  const auto program = in_path("rsvg-convert");
  if (!program) return std::nullopt;
  std::vector<fs::path> pngs;
  for (const fs::path& svg : svgs) {
    const fs::path png = fs::path(svg).replace_extension(".png");
    // absolute, so that no name looks like an option
    const ChildEnd end = run_child(*program, {"--zoom=2", "--background-color=white", "--output",
                                              fs::absolute(png), fs::absolute(svg)});
    if (!end.succeeded()) {
      throw Error(ExitCode::environment, "make a PNG file of", svg.string(),
                  "rsvg-convert ended with " + describe(end));
    }
    pngs.push_back(png);
  }
  return pngs;
}

}  // namespace radsweep::orchestrator
