// What may come next on a command line: what shells ask when somebody presses Tab.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace radsweep::orchestrator {

// The word that asks for completion: not a verb, so that no help mentions it. After it come the
// words typed so far, the last one perhaps empty or half.
inline constexpr const char* kCompleteWord = "__complete";

struct Completion {
  struct Candidate {
    std::string word, help;
  };
  std::vector<Candidate> candidates;
  std::optional<std::string> files;  // files fit, too: those that end so ("": any), and folders
};

// Completes the last of `words` by the verbs, options and choices of `app`, by the stores below
// ./runs and their runs. Throws Error when a store is meant and cannot be read.
Completion complete(const CLI::App& app, const std::vector<std::string>& words);

// For the scripts of `radsweep completion`: a line "WORD<tab>HELP" for every candidate, and
// ":files SUFFIX" when files fit.
std::string to_lines(const Completion& completion);

}  // namespace radsweep::orchestrator
