// What must hold before yaml-cpp may see a text.
#pragma once

#include <string_view>

#include "orchestrator/sweep/problems.h"

namespace radsweep::orchestrator {

// Throws Error(usage) with the place when the text is not UTF-8, holds control characters, is
// larger than 1 MiB, or nests so deeply that yaml-cpp 0.7, which recurses without a limit, could
// exhaust the stack.
void check_yaml_text(std::string_view text, Problems& problems);

}  // namespace radsweep::orchestrator
