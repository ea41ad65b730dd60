#include <algorithm>
#include <nlohmann/json.hpp>

#include "orchestrator/sweep/sections.h"

namespace radsweep::orchestrator {
namespace {

// Collects an axis' values, refusing a second one that is the same (`same` compares).
template <typename T>
class Axis {
 public:
  explicit Axis(Problems& problems) : problems_(problems) {}

  template <typename Same>
  void add(const Value& item, T value, const Same& same) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!same(values[i], value)) continue;
      problems_.add(item.place,
                    "'" + item.name + "' has this value twice, first at " + to_words(places[i]),
                    "each value makes a run of its own: remove one");
      return;
    }
    values.push_back(std::move(value));
    places.push_back(item.place);
  }
  void add(const Value& item, T value) { add(item, std::move(value), std::equal_to<T>()); }

  std::vector<T> values;
  std::vector<Place> places;

 private:
  Problems& problems_;
};

void read_resolutions(const Value& value, Sweep& sweep, SweepPlaces& places, Problems& problems) {
  Axis<int> axis(problems);
  for (const Value& item : read_list(value, EmptyList::refused, problems)) {
    const auto px = read_whole(item, problems);
    if (px) axis.add(item, static_cast<int>(*px));
  }
  sweep.grid.resolutions = axis.values;
  places.resolutions = axis.places;
}

void read_architectures(const Value& value, Sweep& sweep, Problems& problems) {
  Axis<attempt::Architecture> axis(problems);
  for (const Value& item : read_list(value, EmptyList::refused, problems)) {
    const auto architecture = read_architecture(item, problems);
    // by name: two bodies of the same shape may start from different weights
    if (architecture) {
      axis.add(item, *architecture, [](const auto& a, const auto& b) { return a.name == b.name; });
    }
  }
  sweep.grid.architectures = axis.values;
}

void read_seeds(const Value& value, Sweep& sweep, Problems& problems) {
  Axis<std::int64_t> axis(problems);
  for (const Value& item : read_list(value, EmptyList::refused, problems)) {
    const auto seed = read_whole(item, problems);
    if (seed) axis.add(item, *seed);
  }
  sweep.grid.seeds = axis.values;
}

void read_gpus_per_run(const Value& value, Sweep& sweep, SweepPlaces& places, Problems& problems) {
  Axis<int> axis(problems);
  for (const Value& item : read_list(value, EmptyList::refused, problems)) {
    const auto gpus = read_whole(item, problems);
    if (gpus) axis.add(item, static_cast<int>(*gpus));
  }
  places.grid_keys.emplace("gpus_per_run", value.key_place);
  if (axis.values.empty()) return;
  const auto most = std::ranges::max_element(axis.values);
  sweep.resources.gpus_per_run = *most;
  sweep.resources.gpus_vary = axis.values.size() > 1;
  places.gpus_per_run = axis.places[static_cast<std::size_t>(most - axis.values.begin())];
  sweep.grid.gpus_per_run = axis.values;
}

void read_extra(const RecipeEntry& entry, Sweep& sweep, SweepPlaces& places, Problems& problems) {
  Axis<nlohmann::json> axis(problems);
  for (const Value& item : read_list(entry.value, EmptyList::refused, problems)) {
    attempt::Recipe recipe;
    if (set_from_yaml(recipe, *entry.key, item, problems)) {
      // read back, so that 1 and 1.0 are the same value
      axis.add(item, attempt::recipe_value(recipe, *entry.key));
    }
  }
  places.grid_keys.emplace(entry.key->name, entry.value.key_place);
  if (axis.values.empty()) return;
  sweep.grid.extra.push_back({entry.key->name, axis.values});
  places.extra.push_back(axis.places);
}

}  // namespace

void read_grid(Section& top, Sweep& sweep, SweepPlaces& places, Problems& problems) {
  const auto value =
      top.require("grid", "{resolution: [160], architecture: [densenet121], seed: [1]}", problems);
  if (!value) return;
  auto section = Section::open(*value, problems);
  if (!section) return;
  if (const auto axis = section->require("resolution", "[160, 320, 480]", problems)) {
    read_resolutions(*axis, sweep, places, problems);
  }
  if (const auto axis = section->require("architecture", "[densenet121, densenet161]", problems)) {
    read_architectures(*axis, sweep, problems);
  }
  if (const auto axis = section->require("seed", "[1, 2, 3, 4, 5]", problems)) {
    read_seeds(*axis, sweep, problems);
  }
  if (const auto weights = section->take("pretrained")) {
    read_pretrained_axis(*weights, sweep, problems);
    places.grid_keys.emplace("pretrained", weights->key_place);
  }
  if (const auto gpus = section->take("gpus_per_run")) {
    read_gpus_per_run(*gpus, sweep, places, problems);
  }
  for (const auto& entry : take_recipe_entries(
           *section, {"resolution", "architecture", "seed", "pretrained", "gpus_per_run"},
           problems)) {
    read_extra(entry, sweep, places, problems);
  }
}

}  // namespace radsweep::orchestrator
