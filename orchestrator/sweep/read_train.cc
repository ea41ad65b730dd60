#include <nlohmann/json.hpp>

#include "base/nearest_name.h"
#include "orchestrator/sweep/sections.h"

namespace radsweep::orchestrator {
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
    read_pretrained(*weights, sweep, problems);
    places.fixed_keys.emplace("pretrained", weights->key_place);
  }
  for (const auto& entry : take_recipe_entries(*section, {"pretrained"}, problems)) {
    set_from_yaml(sweep.recipe, *entry.key, entry.value, problems);
    places.fixed_keys.emplace(entry.key->name, entry.value.key_place);
  }
}

}  // namespace radsweep::orchestrator
