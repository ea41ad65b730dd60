#include "orchestrator/sweep/yaml_section.h"

#include "base/error.h"
#include "base/nearest_name.h"
#include "orchestrator/sweep/sweep_keys.h"
#include "orchestrator/sweep/yaml_document.h"
#include "worker/attempt/recipe.h"

namespace radsweep::orchestrator {

Section::Section(std::string title, const YAML::Node& node, Place place)
    : title_(std::move(title)), node_(node), place_(place) {}

std::optional<Section> Section::open(const Value& value, Problems& problems) {
  if (value.node.IsMap()) return Section(value.name, value.node, value.key_place);
  problems.add(value.place,
               "'" + value.name + "' takes a mapping of keys, not " + described(value.node));
  return std::nullopt;
}

Value Section::value_of(const YAML::Node& key, const YAML::Node& value) const {
  const Place at_key = place_of(key);
  return {name_of(key.Scalar()), value, value.IsNull() ? at_key : place_of(value), at_key};
}

std::string Section::name_of(const std::string& key) const {
  return title_.empty() ? key : title_ + "." + key;
}

std::optional<Value> Section::find(const std::string& key) {
  known_.insert(key);
  for (const auto& pair : node_) {
    if (pair.first.Scalar() == key) return value_of(pair.first, pair.second);
  }
  return std::nullopt;
}

bool Section::has(const std::string& key) const {
  for (const auto& pair : node_) {
    if (pair.first.Scalar() == key) return true;
  }
  return false;
}

std::optional<Value> Section::take(const std::string& key) {
  ensure(sweep_key(name_of(key)).need == SweepKey::Need::optional, "a required key is optional");
  return find(key);
}

std::optional<Value> Section::require(const std::string& key, const std::string& example,
                                      Problems& problems) {
  ensure(sweep_key(name_of(key)).need == SweepKey::Need::required, "an optional key is required");
  auto value = find(key);
  if (!value) {
    const std::string where = title_.empty() ? "the sweep file" : "'" + title_ + "'";
    problems.add(place_, where + " lacks '" + key + "'", "add: " + key + ": " + example);
  }
  return value;
}

std::vector<Value> Section::take_rest() {
  std::vector<Value> rest;
  for (const auto& pair : node_) {
    if (known_.insert(pair.first.Scalar()).second) {
      rest.push_back(value_of(pair.first, pair.second));
    }
  }
  return rest;
}

std::string Section::unknown(const std::string& key) const {
  return "'" + key + "' is not a key of " +
         (title_.empty() ? std::string("a sweep file") : "'" + title_ + "'");
}

void Section::refuse_rest(Problems& problems) {
  const std::vector<std::string> known(known_.begin(), known_.end());
  for (const auto& pair : node_) {
    const std::string& key = pair.first.Scalar();
    if (!known_.insert(key).second || key == "<<") continue;
    std::string suggestion = "known keys:";
    for (const std::string& name : known) suggestion += " " + name;
    if (const auto near = nearest_name(key, known)) {
      suggestion = "did you mean '" + *near + "'?";
    } else if (attempt::find_recipe_key(key)) {
      suggestion = "'" + key + "' belongs below 'train:', or below 'grid:' as an axis";
    }
    if (find_sweep_key(name_of(key))) {
      problems.add(place_of(pair.first), "'" + name_of(key) + "' does not go with 'worker'",
                   "a program of your own has its values from 'grid', and its own files");
    } else {
      problems.add(place_of(pair.first), unknown(key), suggestion);
    }
  }
}

}  // namespace radsweep::orchestrator
