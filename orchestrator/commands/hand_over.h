// Verbs that need images or LibTorch belong to radsweep-worker.
#pragma once

#include <string>
#include <vector>

#include "db/database.h"

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

// Whether the worker knows what the run keeps: not when a program of the user's trained it. Throws
// Error(usage) that says where its files are; `doing` is what was asked for.
void require_own_weights(db::Database& database, const std::string& run, const std::string& doing);

}  // namespace radsweep::orchestrator
