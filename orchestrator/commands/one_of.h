// A choice among words, as the value of an option.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace radsweep::orchestrator {

// Refuses every other word, suggesting the nearest; --help, completion and manual list the words.
CLI::Validator one_of(const std::vector<std::string>& words);

// The words of an option's one_of; empty without one.
std::vector<std::string> words_of(const CLI::Option& option);

}  // namespace radsweep::orchestrator
