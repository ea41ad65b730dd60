#include "base/file_mode.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <fstream>

#include "base/durable_file.h"
#include "tests/support/temp_dir.h"

using namespace radsweep;

namespace {

mode_t mode_of(const std::filesystem::path& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 0777;
}

// The umask of this process, put back at the end.
class Umask {
 public:
  explicit Umask(mode_t mask) : before_(::umask(mask)) {}
  ~Umask() { ::umask(before_); }
  Umask(const Umask&) = delete;
  Umask& operator=(const Umask&) = delete;

 private:
  mode_t before_;
};

}  // namespace

TEST_CASE("whatever the umask, strangers cannot write and the group's rights are the user's") {
  test::TempDir dir;
  for (const mode_t given : {0000, 0002, 0022, 0077}) {
    CAPTURE(given);
    const Umask umask(given);
    keep_strangers_from_writing();
    const auto folder = dir / ("folder" + std::to_string(given));
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "file") << "text";
    CHECK(mode_of(folder) == (0775 & ~given));
    CHECK(mode_of(folder / "file") == (0664 & ~given));
  }
}
