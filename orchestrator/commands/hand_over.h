// Verbs that need images or LibTorch belong to radsweep-worker.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace radsweep::orchestrator {

// Becomes `radsweep-worker VERB WORDS...`. Close databases before. Returns only by throwing
// Error(environment), when the program cannot be started.
[[noreturn]] void hand_over(const std::string& verb, std::vector<std::string> words);

// Adds a verb below `verb` that becomes `radsweep-worker VERB NAME WORDS...`, whatever the words:
// --help is answered there, too.
void add_handed_over(CLI::App& verb, const std::string& name, const std::string& description);

}  // namespace radsweep::orchestrator
