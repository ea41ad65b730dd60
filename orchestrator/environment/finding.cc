#include "orchestrator/environment/finding.h"

#include <algorithm>

namespace radsweep::orchestrator {

const char* to_string(Finding::Level level) {
  switch (level) {
    case Finding::Level::ok:
      return "ok";
    case Finding::Level::note:
      return "note";
    case Finding::Level::problem:
      break;
  }
  return "problem";
}

bool has_problem(const Findings& findings) {
  return std::ranges::any_of(findings,
                             [](const Finding& f) { return f.level == Finding::Level::problem; });
}

}  // namespace radsweep::orchestrator
