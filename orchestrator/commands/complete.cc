#include "orchestrator/commands/complete.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <set>

#include "orchestrator/commands/one_of.h"
#include "orchestrator/commands/opened_store.h"
#include "orchestrator/run_names.h"

namespace radsweep::orchestrator {
namespace fs = std::filesystem;
namespace {

// What the words before the last one have said.
struct Said {
  const CLI::App* verb = nullptr;
  const CLI::Option* waiting = nullptr;  // an option that takes the next word
  std::set<const CLI::Option*> given;
  std::vector<std::string> positionals;
};

bool takes_value(const CLI::Option& option) {
  return option.get_items_expected_max() > 0;
}

const CLI::Option* option_named(const CLI::App& verb, const std::string& word) {
  const std::string name = word.substr(0, word.find('='));
  for (const CLI::Option* option : verb.get_options()) {
    if (!option->nonpositional()) continue;
    if (option->check_name(name)) return option;
  }
  return nullptr;
}

const CLI::App* verb_named(const CLI::App& app, const std::string& word) {
  for (const CLI::App* verb : app.get_subcommands({})) {
    if (verb->get_name() == word) return verb;
  }
  return nullptr;
}

void hear(Said& said, const std::string& word) {
  if (word.size() > 1 && word.front() == '-') {
    said.waiting = option_named(*said.verb, word);
    if (said.waiting) said.given.insert(said.waiting);
    const bool complete =
        word.find('=') != word.npos || !said.waiting || !takes_value(*said.waiting);
    if (complete) said.waiting = nullptr;
  } else if (said.waiting) {
    if (said.waiting->get_items_expected_max() == 1) said.waiting = nullptr;
  } else if (const CLI::App* verb = verb_named(*said.verb, word)) {
    said.verb = verb;
  } else {
    said.positionals.push_back(word);
  }
}

// --- values

std::vector<std::string> stores() {
  std::vector<std::string> names;
  std::error_code absent;  // no folder, no stores
  for (const auto& entry : fs::directory_iterator("runs", absent)) {
    if (fs::exists(entry.path() / "sweep.db")) names.push_back(entry.path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

void add_words(Completion& to, const std::vector<std::string>& words, const std::string& help) {
  for (const std::string& word : words) to.candidates.push_back({word, help});
}

void add_stores(Completion& to) {
  const auto names = stores();
  add_words(to, names, "store");
  if (names.empty()) to.files = "";  // one may lie anywhere
}

void add_runs(Completion& to, const std::vector<std::string>& before) {
  if (before.empty()) add_stores(to);
  if (before.empty() && stores().empty()) return;
  const Store store = split_store_and_runs(before).store;
  db::Database database = db::Database::open_for_reading(store.database());
  for (const std::string& run : run_names(database)) {
    const bool named = std::ranges::find(before, run) != before.end();
    if (!named) to.candidates.push_back({run, "run of " + store.root().string()});
  }
}

// "FILE.yaml", "FOLDER": the type names of options that take paths.
void add_paths(Completion& to, const std::string& type) {
  if (type.starts_with("FILE")) to.files = type.substr(4);
  if (type.starts_with("FOLDER")) to.files = "";
}

void add_values(Completion& to, const CLI::Option& option, const std::vector<std::string>& before) {
  add_words(to, words_of(option), "");
  add_paths(to, option.get_type_name());
  const std::string name = option.get_name();
  if (name == "STORE" || (name == "QUERY" && before.empty())) add_stores(to);
  if (name == "RUN") add_runs(to, before);
}

// The positional that the next word belongs to; the last one may take many.
const CLI::Option* next_positional(const Said& said) {
  std::size_t left = said.positionals.size();
  for (const CLI::Option* option : said.verb->get_options()) {
    if (!option->get_positional()) continue;
    const auto most = static_cast<std::size_t>(option->get_items_expected_max());
    if (left < most) return option;
    left -= most;
  }
  return nullptr;
}

// --- what else

void add_options(Completion& to, const Said& said) {
  for (const CLI::Option* option : said.verb->get_options()) {
    if (!option->nonpositional() || said.given.count(option) > 0) continue;
    for (const std::string& name : option->get_lnames()) {
      to.candidates.push_back({"--" + name, option->get_description()});
    }
  }
}

void add_verbs_and_positionals(Completion& to, const Said& said) {
  if (said.positionals.empty()) {
    for (const CLI::App* verb : said.verb->get_subcommands({})) {
      to.candidates.push_back({verb->get_name(), verb->get_description()});
    }
  }
  if (const CLI::Option* option = next_positional(said)) add_values(to, *option, said.positionals);
  if (said.verb->get_prefix_command()) to.files = "";
}

void keep_beginning_with(Completion& completion, const std::string& typed) {
  std::erase_if(completion.candidates,
                [&](const auto& candidate) { return !candidate.word.starts_with(typed); });
}

// "--format=cs": the values with the option before them, as the shell sees one word.
Completion complete_assignment(const Said& said, const std::string& typed) {
  Completion completion;
  const std::string head = typed.substr(0, typed.find('=') + 1);
  if (const CLI::Option* option = option_named(*said.verb, head)) {
    add_values(completion, *option, said.positionals);
  }
  for (auto& candidate : completion.candidates) candidate.word = head + candidate.word;
  return completion;
}

}  // namespace

Completion complete(const CLI::App& app, const std::vector<std::string>& words) {
  Said said{&app, nullptr, {}, {}};
  for (std::size_t i = 0; i + 1 < words.size(); ++i) hear(said, words[i]);
  const std::string typed = words.empty() ? "" : words.back();
  Completion completion;
  if (said.waiting && !typed.starts_with('-')) {
    add_values(completion, *said.waiting, {});
  } else if (typed.starts_with('-') && typed.find('=') != typed.npos) {
    completion = complete_assignment(said, typed);
  } else if (typed.starts_with('-')) {
    add_options(completion, said);
  } else {
    add_verbs_and_positionals(completion, said);
  }
  keep_beginning_with(completion, typed);
  return completion;
}

std::string to_lines(const Completion& completion) {
  std::string lines;
  for (const auto& [word, help] : completion.candidates) lines += word + "\t" + help + "\n";
  if (completion.files) lines += ":files " + *completion.files + "\n";
  return lines;
}

}  // namespace radsweep::orchestrator
