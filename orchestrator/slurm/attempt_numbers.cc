#include "orchestrator/slurm/attempt_numbers.h"

#include <algorithm>
#include <charconv>
#include <string>

namespace radsweep::orchestrator::slurm {
namespace fs = std::filesystem;

std::vector<int> attempt_numbers(const fs::path& run_folder) {
  std::vector<int> numbers;
  std::error_code absent;
  for (const fs::directory_entry& entry : fs::directory_iterator(run_folder, absent)) {
    const std::string name = entry.path().filename().string();
    const char* end = name.data() + name.size();
    int number = 0;
    const auto read = std::from_chars(name.data(), end, number);
    if (read.ec == std::errc() && read.ptr == end && number > 0) numbers.push_back(number);
  }
  std::ranges::sort(numbers);
  return numbers;
}

}  // namespace radsweep::orchestrator::slurm
