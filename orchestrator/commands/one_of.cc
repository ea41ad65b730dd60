#include "orchestrator/commands/one_of.h"

#include <algorithm>
#include <sstream>

#include "base/nearest_name.h"

namespace radsweep::orchestrator {

CLI::Validator one_of(const std::vector<std::string>& words) {
  const auto refusal = [words](const std::string& word) -> std::string {
    if (std::ranges::find(words, word) != words.end()) return "";
    return "'" + word + "' is none of " + CLI::detail::join(words, ", ") +
           did_you_mean(word, words);
  };
  return {refusal, "{" + CLI::detail::join(words, ",") + "}", "one_of"};
}

std::vector<std::string> words_of(const CLI::Option& option) {
  const std::string type = option.get_type_name();  // "TEXT:{table,csv,json}"
  const auto begin = type.find('{'), end = type.find('}');
  if (begin == type.npos || end == type.npos) return {};
  std::istringstream list(type.substr(begin + 1, end - begin - 1));
  std::vector<std::string> words;
  for (std::string word; std::getline(list, word, ',');) words.push_back(word);
  return words;
}

}  // namespace radsweep::orchestrator
