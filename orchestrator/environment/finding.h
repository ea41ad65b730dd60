// One thing that `radsweep doctor` looked at.
#pragma once

#include <string>
#include <vector>

namespace radsweep::orchestrator {

struct Finding {
  enum class Level {
    ok,
    note,    // works, but worth knowing
    problem  // does not work, or is not as it must be
  };
  Level level = Level::ok;
  std::string subject;  // "gpu", "worker", "run 480-densenet161-s3"
  std::string text;     // one line
  std::string fix;      // what to do; empty when nothing is to be done
};
const char* to_string(Finding::Level level);

using Findings = std::vector<Finding>;
bool has_problem(const Findings& findings);

}  // namespace radsweep::orchestrator
