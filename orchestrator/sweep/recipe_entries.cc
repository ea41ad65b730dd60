#include <map>

#include "base/nearest_name.h"
#include "orchestrator/sweep/sections.h"

namespace radsweep::orchestrator {
namespace {

const std::string kAugment = "augment";

std::string suggestion_for(const std::string& key, const std::vector<std::string>& known) {
  if (attempt::find_recipe_key(kAugment + "." + key)) {
    return "did you mean '" + kAugment + "." + key + "'?";
  }
  const auto near = nearest_name(key, known);
  return near ? "did you mean '" + *near + "'?" : "";
}

// The last part of a value's name is its key; names of keys may themselves be dotted.
std::string key_of(const Value& value, const std::string& title) {
  return value.name.substr(title.size() + 1);
}

}  // namespace

std::vector<RecipeEntry> take_recipe_entries(Section& section, const std::vector<std::string>& also,
                                             Problems& problems) {
  std::vector<RecipeEntry> entries;
  std::map<std::string, Place> seen;
  const auto add = [&](const std::string& key, const Value& value, const Section& from,
                       const std::vector<std::string>& known, const std::string& shown) {
    if (shown == "<<") return;  // refused already
    const attempt::RecipeKey* found = attempt::find_recipe_key(key);
    if (!found) {
      problems.add(value.key_place, from.unknown(shown), suggestion_for(shown, known));
      return;
    }
    const auto [first, is_new] = seen.emplace(key, value.key_place);
    if (is_new) {
      entries.push_back({found, value});
    } else {
      // the same key twice in one mapping was refused already: this is nested and dotted
      problems.add(value.key_place,
                   "'" + key + "' is given twice, first at " + to_words(first->second),
                   "keep one of the two");
    }
  };

  std::vector<std::string> known = attempt::recipe_key_names();
  std::vector<std::string> augment_keys;
  for (const std::string& name : known) {
    if (name.starts_with(kAugment + ".")) augment_keys.push_back(name.substr(kAugment.size() + 1));
  }
  known.insert(known.end(), also.begin(), also.end());
  known.push_back(kAugment);

  for (const Value& value : section.take_rest()) {
    const std::string key = key_of(value, section.title());
    if (key != kAugment) {
      add(key, value, section, known, key);
      continue;
    }
    auto nested = Section::open(value, problems);
    if (!nested) continue;
    for (const Value& inner : nested->take_rest()) {
      const std::string inner_key = key_of(inner, nested->title());
      add(kAugment + "." + inner_key, inner, *nested, augment_keys, inner_key);
    }
  }
  return entries;
}

}  // namespace radsweep::orchestrator
