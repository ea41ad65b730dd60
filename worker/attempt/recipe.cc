#include "worker/attempt/recipe.h"

#include <cmath>
#include <iomanip>
#include <nlohmann/json.hpp>
#include <sstream>
#include <type_traits>

#include "base/error.h"
#include "base/nearest_name.h"

namespace radsweep::attempt {
namespace {

using nlohmann::json;

template <typename T>
using Access = std::function<T&(Recipe&)>;

template <typename T>
Access<T> in_recipe(T Recipe::*member) {
  return [member](Recipe& recipe) -> T& { return recipe.*member; };
}

template <typename T>
Access<T> in_augment(T AugmentRecipe::*member) {
  return [member](Recipe& recipe) -> T& { return recipe.augment.*member; };
}

std::vector<RecipeKey> make_keys() {
  constexpr double kAnyCount = 1'000'000;
  return {
      {"studies_per_batch",
       in_recipe(&Recipe::studies_per_batch),
       2,
       10'000,
       {},
       "studies in a training batch (paper: 30)"},
      {"drop_last",
       in_recipe(&Recipe::drop_last),
       0,
       0,
       {},
       "drop the last incomplete training batch (fastai)"},
      {"frozen_epochs",
       in_recipe(&Recipe::frozen_epochs),
       0,
       kAnyCount,
       {},
       "epochs with frozen body convolutions (fastai fine_tune: 1)"},
      {"epochs",
       in_recipe(&Recipe::epochs),
       0,
       kAnyCount,
       {},
       "epochs with everything trained (paper: 6)"},
      {"base_lr",
       in_recipe(&Recipe::base_lr),
       1e-12,
       1e3,
       {},
       "highest head learning rate of the frozen phase (paper: 5e-3)"},
      {"lr_mult",
       in_recipe(&Recipe::lr_mult),
       1e-6,
       1e9,
       {},
       "head rate / body rate in the second phase (fastai: 100)"},
      {"frozen_body_div",
       in_recipe(&Recipe::frozen_body_div),
       1e-6,
       1e9,
       {},
       "head rate / body rate in the frozen phase (fastai: 10)"},
      {"param_groups",
       in_recipe(&Recipe::param_groups),
       2,
       3,
       {},
       "2: body, head (paper); 3: fastai's stock densenet split"},
      {"frozen_div",
       in_recipe(&Recipe::frozen_div),
       1,
       1e9,
       {},
       "highest / first rate, frozen phase (fastai: 25)"},
      {"frozen_pct_start",
       in_recipe(&Recipe::frozen_pct_start),
       1e-3,
       0.999,
       {},
       "rising share of the frozen phase (fastai: 0.99)"},
      {"div",
       in_recipe(&Recipe::div),
       1,
       1e9,
       {},
       "highest / first rate, second phase (fastai: 5)"},
      {"pct_start",
       in_recipe(&Recipe::pct_start),
       1e-3,
       0.999,
       {},
       "rising share of the second phase (fastai: 0.3)"},
      {"div_final",
       in_recipe(&Recipe::div_final),
       1,
       1e12,
       {},
       "highest / last rate, both phases (fastai: 1e5)"},
      {"beta1_high",
       in_recipe(&Recipe::beta1_high),
       0,
       0.9999,
       {},
       "Adam beta1 at low rates (fastai: 0.95)"},
      {"beta1_low",
       in_recipe(&Recipe::beta1_low),
       0,
       0.9999,
       {},
       "Adam beta1 at the highest rate (fastai: 0.85)"},
      {"beta2", in_recipe(&Recipe::beta2), 0, 0.999999, {}, "Adam beta2 (fastai: 0.99)"},
      {"eps", in_recipe(&Recipe::eps), 0, 1, {}, "Adam epsilon, outside the root (fastai: 1e-5)"},
      {"weight_decay",
       in_recipe(&Recipe::weight_decay),
       0,
       100,
       {},
       "decoupled weight decay (paper: 0.1)"},
      {"decay_norm_and_bias",
       in_recipe(&Recipe::decay_norm_and_bias),
       0,
       0,
       {},
       "decay batch-norm parameters and biases too (fastai: false)"},
      {"train_norm_while_frozen",
       in_recipe(&Recipe::train_norm_while_frozen),
       0,
       0,
       {},
       "train the body's batch norms in the frozen phase (fastai: true)"},
      {"keep_optimizer_state",
       in_recipe(&Recipe::keep_optimizer_state),
       0,
       0,
       {},
       "keep Adam's moments at the phase change (fastai: false)"},
      {"dropout",
       in_recipe(&Recipe::dropout),
       0,
       0.99,
       {},
       "before the last linear; half of it before the first (paper: 0.6)"},
      {"hidden_features",
       in_recipe(&Recipe::hidden_features),
       1,
       65'536,
       {},
       "width of the head's hidden layer (fastai: 512)"},
      {"precision",
       in_recipe(&Recipe::precision),
       0,
       0,
       {"fp32", "tf32", "bf16"},
       "tf32: products of a GPU's tensor cores; bf16: maps in half the memory, faster where the "
       "hardware multiplies bf16 (paper: fp32 assumed)"},
      {"kernels",
       in_recipe(&Recipe::kernels),
       0,
       0,
       {"fused", "reference"},
       "fused: less memory and time; reference: torchvision's operators, its bits on a CPU"},
      {"augment.flip",
       in_augment(&AugmentRecipe::flip),
       0,
       0,
       {},
       "mirror left and right with probability 0.5 (off: a chest is not symmetric)"},
      {"augment.max_rotate_deg",
       in_augment(&AugmentRecipe::max_rotate_deg),
       0,
       180,
       {},
       "rotation in degrees (paper: 30)"},
      {"augment.max_zoom",
       in_augment(&AugmentRecipe::max_zoom),
       1,
       4,
       {},
       "largest magnification (1.0: off)"},
      {"augment.max_warp",
       in_augment(&AugmentRecipe::max_warp),
       0,
       0.49,
       {},
       "perspective warp (paper: minimal; 0.1)"},
      {"augment.max_lighting",
       in_augment(&AugmentRecipe::max_lighting),
       0,
       0.99,
       {},
       "brightness and contrast change (fastai: 0.2)"},
      {"augment.p_affine",
       in_augment(&AugmentRecipe::p_affine),
       0,
       1,
       {},
       "probability of each geometric component (fastai: 0.75)"},
      {"augment.p_lighting",
       in_augment(&AugmentRecipe::p_lighting),
       0,
       1,
       {},
       "probability of each lighting component (fastai: 0.75)"},
      {"augment.pad_mode",
       in_augment(&AugmentRecipe::pad_mode),
       0,
       0,
       {"zeros", "reflection", "border"},
       "what fills the area rotated in (paper: black)"},
  };
}

std::string plain_number(double value) {
  std::ostringstream text;
  text << std::setprecision(7) << value;  // a million in full
  return text.str();
}

// The one-line refusal, or nullopt with the field set.
struct Setter {
  Recipe& recipe;
  const RecipeKey& key;
  const json& value;

  std::optional<std::string> refusal() const {
    return "'" + key.name + "' takes " + accepted_values(key) + ", not " + value.dump();
  }
  std::optional<std::string> operator()(const Access<bool>& field) const {
    if (!value.is_boolean()) return refusal();
    field(recipe) = value.get<bool>();
    return std::nullopt;
  }
  std::optional<std::string> operator()(const Access<int>& field) const {
    if (!value.is_number_integer() || !in_range(value.get<double>())) return refusal();
    field(recipe) = value.get<int>();
    return std::nullopt;
  }
  std::optional<std::string> operator()(const Access<double>& field) const {
    if (!value.is_number() || !in_range(value.get<double>())) return refusal();
    field(recipe) = value.get<double>();
    return std::nullopt;
  }
  std::optional<std::string> operator()(const Access<std::string>& field) const {
    if (!value.is_string()) return refusal();
    const auto text = value.get<std::string>();
    for (const std::string& choice : key.choices) {
      if (choice == text) {
        field(recipe) = text;
        return std::nullopt;
      }
    }
    return *refusal() + did_you_mean(text, key.choices);
  }
  bool in_range(double number) const {
    return std::isfinite(number) && number >= key.minimum && number <= key.maximum;
  }
};

}  // namespace

int planned_batch_images(int studies_per_batch) {
  return static_cast<int>(std::ceil(1.5 * studies_per_batch));
}

const std::vector<RecipeKey>& recipe_keys() {
  static const std::vector<RecipeKey> kKeys = make_keys();
  return kKeys;
}

const RecipeKey* find_recipe_key(const std::string& name) {
  for (const RecipeKey& key : recipe_keys()) {
    if (key.name == name) return &key;
  }
  return nullptr;
}

std::vector<std::string> recipe_key_names() {
  std::vector<std::string> names;
  for (const RecipeKey& key : recipe_keys()) names.push_back(key.name);
  return names;
}

std::string accepted_values(const RecipeKey& key) {
  if (std::holds_alternative<Access<bool>>(key.field)) return "true or false";
  if (std::holds_alternative<Access<std::string>>(key.field)) {
    std::string text = key.choices.size() == 1 ? "only " : "one of ";
    for (std::size_t i = 0; i < key.choices.size(); ++i) text += (i ? ", " : "") + key.choices[i];
    return text;
  }
  const char* kind = std::holds_alternative<Access<int>>(key.field) ? "a whole number" : "a number";
  return std::string(kind) + " from " + plain_number(key.minimum) + " to " +
         plain_number(key.maximum);
}

std::optional<std::string> set_recipe_value(Recipe& recipe, const RecipeKey& key,
                                            const json& value) {
  return std::visit(Setter{recipe, key, value}, key.field);
}

json recipe_value(const Recipe& recipe, const RecipeKey& key) {
  Recipe copy = recipe;  // the accessors hand out references for both reading and writing
  return std::visit([&copy](const auto& field) { return json(field(copy)); }, key.field);
}

json recipe_to_json(const Recipe& recipe) {
  json object = json::object();
  for (const RecipeKey& key : recipe_keys()) object[key.name] = recipe_value(recipe, key);
  return object;
}

Recipe recipe_from_json(const json& object) {
  Recipe recipe;
  for (const auto& [name, value] : object.items()) {
    const RecipeKey* key = find_recipe_key(name);
    if (!key) {
      throw Error(ExitCode::usage, "read", "the recipe",
                  "unknown key '" + name + "'" + did_you_mean(name, recipe_key_names()));
    }
    if (const auto why = set_recipe_value(recipe, *key, value)) {
      throw Error(ExitCode::usage, "read", "the recipe", *why);
    }
  }
  return recipe;
}

}  // namespace radsweep::attempt
