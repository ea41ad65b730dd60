// A small valid sweep file for tests to spoil, line by line.
#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "base/error.h"
#include "orchestrator/sweep/sweep_file.h"

namespace radsweep::test {

inline const std::vector<std::string>& valid_lines() {
  static const std::vector<std::string> kLines = {
      "name: t",                        // 1
      "data: {chexpert: /d}",           // 2
      "grid:",                          // 3
      "  resolution: [64, 96]",         // 4
      "  architecture: [densenet121]",  // 5
      "  seed: [1, 2]",                 // 6
      "train:",                         // 7
      "  epochs: 6",                    // 8
      "resources: {gpus: all}",         // 9
      "retry: {max_attempts: 3}",       // 10
  };
  return kLines;
}

// The valid file with line `number` (from 1) replaced; the replacement may hold several lines.
inline std::string with_line(std::size_t number, const std::string& replacement) {
  std::string text;
  for (std::size_t i = 0; i < valid_lines().size(); ++i) {
    text += (i + 1 == number ? replacement : valid_lines()[i]) + "\n";
  }
  return text;
}

inline std::string valid_text() {
  return with_line(0, "");
}

// What is said about `text`; "" when nothing is wrong.
inline std::string complaint(const std::string& text) {
  try {
    orchestrator::parse_sweep(text, "t.yaml");
    return "";
  } catch (const Error& error) {
    return error.code() == ExitCode::usage ? error.what()
                                           : std::string("not a usage error: ") + error.what();
  }
}

}  // namespace radsweep::test
