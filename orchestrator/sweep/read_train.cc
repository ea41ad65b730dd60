#include <nlohmann/json.hpp>

#include "base/nearest_name.h"
#include "orchestrator/sweep/sections.h"

namespace radsweep::orchestrator {
namespace {

std::vector<std::string> architecture_names(const Sweep& sweep) {
  std::vector<std::string> names;
  for (const auto& architecture : sweep.grid.architectures) names.push_back(architecture.name);
  return names;
}

void read_pretrained_map(const Value& value, Sweep& sweep, SweepPlaces& places,
                         Problems& problems) {
  Section section(value.name, value.node, value.key_place);
  for (const std::string& name : architecture_names(sweep)) {
    const auto file = section.take(name);
    if (!file) continue;
    sweep.pretrained[name] = read_text(*file, problems).value_or("");
    places.pretrained.emplace(name, file->place);
  }
  for (const Value& other : section.take_rest()) {
    const std::string name = other.name.substr(value.name.size() + 1);
    const auto near = nearest_name(name, architecture_names(sweep));
    problems.add(other.key_place, "weights for '" + name + "', which is not in the grid",
                 near ? "did you mean '" + *near + "'?" : "remove it, or add it to the grid");
  }
}

void read_pretrained(const Value& value, Sweep& sweep, SweepPlaces& places, Problems& problems) {
  if (sweep.grid.architectures.empty()) return;  // said already; every name would be unknown
  if (value.node.IsMap()) return read_pretrained_map(value, sweep, places, problems);
  const auto file = read_text(value, problems);
  if (!file) return;
  const std::string& first = sweep.grid.architectures.front().name;
  if (sweep.grid.architectures.size() > 1) {
    problems.add(value.place, "one weights file cannot serve several architectures",
                 "name each one's file: {" + first + ": " + *file + ", ...}");
    return;
  }
  sweep.pretrained[first] = *file;
  places.pretrained.emplace(first, value.place);
}

}  // namespace

bool set_from_yaml(attempt::Recipe& recipe, const attempt::RecipeKey& key, const Value& value,
                   Problems& problems) {
  const auto scalar = scalar_of(value.node);
  if (!scalar) {
    problems.add(
        value.place,
        "'" + key.name + "' takes " + accepted_values(key) + ", not " + described(value.node),
        value.node.IsSequence() ? "to try several values, put the list below 'grid:'" : "");
    return false;
  }
  auto why = attempt::set_recipe_value(recipe, key, *scalar);
  if (!why) return true;
  std::string suggestion;
  if (!key.choices.empty() && scalar->is_string()) {
    const auto near = nearest_name(scalar->get<std::string>(), key.choices);
    if (near) suggestion = "did you mean '" + *near + "'?";
    why = "'" + key.name + "' takes " + accepted_values(key) + ", not " + described(value.node);
  } else {
    suggestion = type_suggestion(value.node);
  }
  problems.add(value.place, *why, suggestion);
  return false;
}

void read_train(Section& top, Sweep& sweep, SweepPlaces& places, Problems& problems) {
  const auto value = top.take("train");
  if (!value) return;  // every key has a default
  auto section = Section::open(*value, problems);
  if (!section) return;
  if (const auto weights = section->take("pretrained")) {
    read_pretrained(*weights, sweep, places, problems);
  }
  for (const auto& entry : take_recipe_entries(*section, {"pretrained"}, problems)) {
    set_from_yaml(sweep.recipe, *entry.key, entry.value, problems);
    places.train_keys.emplace(entry.key->name, entry.value.key_place);
  }
}

}  // namespace radsweep::orchestrator
