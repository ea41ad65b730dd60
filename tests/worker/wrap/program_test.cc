#include "worker/wrap/program.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "tests/support/temp_dir.h"

using namespace radsweep;
using namespace radsweep::wrap;
namespace fs = std::filesystem;

namespace {

std::string why_not(const std::string& name, const fs::path& folder) {
  try {
    find_program(name, folder);
  } catch (const Error& cause) {
    return cause.why();
  }
  return "";
}

}  // namespace

TEST_CASE("a program is found on PATH, or as a path from the given folder") {
  test::TempDir dir;
  CHECK(find_program("sh", dir.path()).filename() == "sh");
  CHECK(why_not("./train", dir.path()) == "there is no such file");
  std::ofstream(dir / "train") << "#!/bin/sh\n";
  CHECK(why_not("./train", dir.path()) == "it is no program");
  CHECK(why_not("train", dir.path()).find("there is no such program on PATH (/") == 0);
  fs::permissions(dir / "train", fs::perms::owner_all);
  CHECK(find_program("./train", dir.path()) == dir / "./train");
}
