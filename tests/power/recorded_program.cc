#include "tests/power/recorded_program.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

namespace radsweep::test {

Recording::Recording(const std::filesystem::path& root, const std::filesystem::path& log) {
  ::setenv(kRecordRootVariable, root.c_str(), 1);
  ::setenv(kRecordLogVariable, log.c_str(), 1);
  ::setenv("LD_PRELOAD", DISK_RECORDER, 1);
  // The recorder calls the kernel itself, so it may stand before a sanitizer's library.
  ::setenv("ASAN_OPTIONS", "verify_asan_link_order=0", 1);
}

Recording::~Recording() {
  for (const char* name : {kRecordRootVariable, kRecordLogVariable, "LD_PRELOAD", "ASAN_OPTIONS"}) {
    ::unsetenv(name);
  }
}

std::vector<DiskStep> record_program(const std::filesystem::path& root, const std::string& program,
                                     const std::vector<std::string>& arguments) {
  const std::filesystem::path log = root.string() + ".log";
  const Recording recording(root, log);
  std::vector<char*> words{const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments)
    words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  pid_t pid = 0;
  if (::posix_spawn(&pid, program.c_str(), nullptr, nullptr, words.data(), environ) != 0) {
    throw std::runtime_error("cannot start " + program);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (status != 0) throw std::runtime_error(program + " failed");
  return read_disk_log(log);
}

}  // namespace radsweep::test
