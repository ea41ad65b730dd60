// Runs a program with the disk recorder preloaded and gives its log.
#pragma once

#include <string>
#include <vector>

#include "tests/power/power_loss.h"

namespace radsweep::test {

// As long as it lives, programs that this process starts record what they do below `root` into
// `log`. Both absolute, the log outside the root.
class Recording {
 public:
  Recording(const std::filesystem::path& root, const std::filesystem::path& log);
  ~Recording();
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;
};

// What `program` did below `root`, an empty folder. Throws when it does not end with 0.
std::vector<DiskStep> record_program(const std::filesystem::path& root, const std::string& program,
                                     const std::vector<std::string>& arguments);

}  // namespace radsweep::test
