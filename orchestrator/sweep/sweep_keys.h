// Every key of a sweep file but the recipe's (worker/attempt/recipe.h has those): the one table
// behind the parser, which may take no other key, and the schema for editors.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace radsweep::orchestrator {

struct SweepKey {
  // own_form: what neither a scalar nor a list of its kind says; sweep_schema.cc has its form.
  enum class Kind { text, whole, number, choice, truth, section, own_form };
  enum class Count { one, axis };  // axis: one value, or a list of different ones
  enum class Need { optional, required };

  std::string name;  // dotted: "data.synthetic.studies"
  std::string help;  // one line
  Kind kind = Kind::text;
  double minimum = 0;                  // of numbers, inclusive
  double maximum = 0;                  // of numbers, inclusive
  std::vector<std::string> choices{};  // of choices
  nlohmann::json standard = nullptr;   // the value without the key; null: none, or chosen
  Count count = Count::one;
  Need need = Need::optional;
};

// All keys; a section comes before what is in it.
const std::vector<SweepKey>& sweep_keys();
// The key of this dotted name; nullptr when there is none.
const SweepKey* find_sweep_key(const std::string& name);
// The same for names that the code itself chose: throws Error(internal) when there is none.
const SweepKey& sweep_key(const std::string& name);

}  // namespace radsweep::orchestrator
