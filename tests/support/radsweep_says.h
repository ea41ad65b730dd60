// What the radsweep program answers, typed in a shell.
#pragma once

#include <doctest/doctest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <string>

namespace radsweep::test {

struct Answer {
  int exit_code = -1;
  std::string out;  // stdout; `2>&1` among the words adds stderr
};

// `words` as typed in a shell in `folder`. `$radsweep` among them is the program, too.
inline Answer radsweep_says(const std::filesystem::path& folder, const std::string& words) {
  const std::string command = "cd '" + folder.string() + "' && radsweep='" + RADSWEEP_PROGRAM +
                              "' && \"$radsweep\" " + words;
  FILE* pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe);
  Answer answer;
  std::array<char, 4096> buffer{};
  for (std::size_t n; (n = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    answer.out.append(buffer.data(), n);
  }
  const int status = ::pclose(pipe);
  answer.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return answer;
}

// The same in whatever folder the test runs.
inline Answer radsweep_says(const std::string& words) {
  return radsweep_says(std::filesystem::current_path(), words);
}

inline bool has(const Answer& answer, const std::string& words) {
  return answer.out.find(words) != answer.out.npos;
}

}  // namespace radsweep::test
