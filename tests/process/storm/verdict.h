// Whether a sweep came through a storm as if nothing had happened.
#pragma once

#include <string>
#include <vector>

#include "tests/process/sandbox.h"

namespace radsweep::test {

// Everything that is wrong with a completed sweep; `numbers` are those of an undisturbed one.
// Waits at most 2 s for the last of its processes.
std::vector<std::string> flaws_of(Sandbox& sandbox, const std::vector<std::string>& numbers);

}  // namespace radsweep::test
