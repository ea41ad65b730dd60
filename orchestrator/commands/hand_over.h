// Verbs that need images or LibTorch belong to radsweep-worker.
#pragma once

#include <string>
#include <vector>

namespace radsweep::orchestrator {

// Becomes `radsweep-worker VERB WORDS...`. Close databases before. Returns only by throwing
// Error(environment), when the program cannot be started.
[[noreturn]] void hand_over(const std::string& verb, std::vector<std::string> words);

}  // namespace radsweep::orchestrator
