// What a doctor found, as text that a test can look into.
#pragma once

#include <string>

#include "orchestrator/environment/finding.h"

namespace radsweep::test {

// "problem run a: its weights are missing" per line, of one level.
inline std::string lines_of(const orchestrator::Findings& findings,
                            orchestrator::Finding::Level level) {
  std::string text;
  for (const auto& finding : findings) {
    if (finding.level == level) text += finding.subject + ": " + finding.text + "\n";
  }
  return text;
}

inline std::string problems_of(const orchestrator::Findings& findings) {
  return lines_of(findings, orchestrator::Finding::Level::problem);
}

}  // namespace radsweep::test
