// Numbers as people write them: the shortest text that reads back as the same number.
#pragma once

#include <string>

namespace radsweep::orchestrator {

// 0.001, 30, 1e-5 (never 1e-05), 1e6.
std::string shortest_number(double value);

}  // namespace radsweep::orchestrator
