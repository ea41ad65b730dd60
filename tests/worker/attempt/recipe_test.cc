#include "worker/attempt/recipe.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "base/error.h"

using namespace radsweep;
using namespace radsweep::attempt;
using nlohmann::json;

TEST_CASE("every key of the recipe survives the JSON form") {
  Recipe recipe;
  recipe.epochs = 9;
  recipe.base_lr = 0.1 + 0.2;  // a number that needs all its digits
  recipe.augment.pad_mode = "reflection";
  recipe.augment.flip = true;
  CHECK(recipe_from_json(recipe_to_json(recipe)) == recipe);
  CHECK(recipe_to_json(recipe).size() == recipe_keys().size());
}

TEST_CASE("every key changes the JSON form, so that it is part of a run's identity") {
  for (const RecipeKey& key : recipe_keys()) {
    if (key.choices.size() == 1) continue;  // there is nothing else to choose
    CAPTURE(key.name);
    const json old_value = recipe_value(Recipe{}, key);
    Recipe recipe;
    json other;
    if (old_value.is_boolean())
      other = !old_value.get<bool>();
    else if (old_value.is_string())
      other = key.choices.back();
    else
      other = old_value == json(key.minimum) || old_value.is_number_integer()
                  ? json(static_cast<int>(key.maximum))
                  : json(key.minimum);
    if (other == old_value) other = static_cast<int>(key.minimum);
    REQUIRE_FALSE(set_recipe_value(recipe, key, other));
    CHECK(recipe_to_json(recipe) != recipe_to_json(Recipe{}));
  }
}

TEST_CASE("recipe values out of range or of the wrong kind are refused with what is accepted") {
  Recipe recipe;
  const auto refuse = [&recipe](const char* name, const json& value) {
    const auto why = set_recipe_value(recipe, *find_recipe_key(name), value);
    REQUIRE(why);
    CHECK(recipe == Recipe{});
    return *why;
  };
  CHECK(refuse("epochs", 2.5) == "'epochs' takes a whole number from 0 to 1000000, not 2.5");
  CHECK(refuse("epochs", -1).find("whole number") != std::string::npos);
  CHECK(refuse("base_lr", "fast").find("not \"fast\"") != std::string::npos);
  CHECK(refuse("drop_last", 1).find("true or false") != std::string::npos);
  CHECK(refuse("augment.pad_mode", "zero").find("did you mean 'zeros'") != std::string::npos);
}

TEST_CASE("an unknown recipe key is an error with a suggestion") {
  CHECK_THROWS_WITH_AS(recipe_from_json({{"epoch", 3}}), doctest::Contains("did you mean 'epochs'"),
                       Error);
}
