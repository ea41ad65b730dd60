#include "orchestrator/sweep/sweep_schema.h"

#include <cmath>
#include <string>

#include "base/error.h"
#include "orchestrator/sweep/sweep_keys.h"
#include "worker/attempt/architecture.h"
#include "worker/attempt/recipe.h"

namespace radsweep::orchestrator {
namespace {

using Json = nlohmann::ordered_json;
using Kind = SweepKey::Kind;

const Json kText = {{"type", "string"}, {"minLength", 1}, {"pattern", "^[^\\x00-\\x1f\\x7f]*$"}};

Json list_of(const Json& item, int fewest) {
  return {{"type", "array"}, {"items", item}, {"minItems", fewest}, {"uniqueItems", true}};
}

// Words in their order, the same one perhaps again.
Json one_or_lines_of(const Json& item) {
  return {{"anyOf", {item, {{"type", "array"}, {"items", item}}}}};
}

Json one_or_list_of(const Json& item, int fewest = 1) {
  return {{"anyOf", {item, list_of(item, fewest)}}};
}

// Whole numbers without the ".0" that the tables' doubles would print.
Json limit(double value) {
  if (value == std::floor(value)) return static_cast<std::int64_t>(value);  // none is beyond 2^53
  return value;
}

Json numbers(const char* type, double minimum, double maximum) {
  return {{"type", type}, {"minimum", limit(minimum)}, {"maximum", limit(maximum)}};
}

Json with_help(Json schema, const std::string& help, const nlohmann::json& standard) {
  schema["description"] = help;
  if (!standard.is_null()) schema["default"] = standard;
  return schema;
}

// --- the recipe

Json form_of(const attempt::RecipeKey& key) {
  const nlohmann::json standard = attempt::recipe_value({}, key);  // has the key's type
  if (standard.is_boolean()) return {{"type", "boolean"}};
  if (standard.is_string()) return {{"enum", key.choices}};
  return numbers(standard.is_number_integer() ? "integer" : "number", key.minimum, key.maximum);
}

Json recipe_entry(const attempt::RecipeKey& key, SweepKey::Count count) {
  const Json form = form_of(key);
  return with_help(count == SweepKey::Count::axis ? one_or_list_of(form) : form, key.help,
                   attempt::recipe_value({}, key));
}

// Both spellings the parser knows: nested, and dotted, which editors need not propose.
void add_recipe(Json& properties, SweepKey::Count count) {
  Json nested = Json::object();
  for (const attempt::RecipeKey& key : attempt::recipe_keys()) {
    Json entry = recipe_entry(key, count);
    const std::size_t dot = key.name.find('.');
    if (dot == std::string::npos) {
      properties[key.name] = entry;
      continue;
    }
    ensure(key.name.substr(0, dot) == "augment", "a nested recipe key outside augment");
    nested[key.name.substr(dot + 1)] = entry;
    entry["doNotSuggest"] = true;
    properties[key.name] = entry;
  }
  properties["augment"] = {{"description", "random changes of a training image"},
                           {"type", "object"},
                           {"additionalProperties", false},
                           {"properties", nested}};
}

// --- the other sections

Json section_schema(const std::string& name);

Json weights() {
  const Json files = {{"type", "object"}, {"additionalProperties", kText}};
  return {{"anyOf", {kText, files}}};
}

Json architectures() {
  Json names = Json::array();
  for (const auto& known : attempt::known_architectures()) names.push_back(known.name);
  return one_or_list_of({{"anyOf", {{{"enum", names}}, section_schema("grid.architecture")}}});
}

Json gpus() {
  const Json one = {
      {"anyOf", {numbers("integer", 0, 1023), {{"type", "string"}, {"pattern", "^(GPU-|MIG-)."}}}}};
  return {{"anyOf", {{{"const", "all"}}, one, list_of(one, 1)}}};
}

Json scalar() {
  return {{"anyOf", {kText, {{"type", "number"}}, {{"type", "boolean"}}}}};
}

Json own_form(const std::string& name) {
  if (name == "name") {
    return {{"type", "string"}, {"pattern", "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"}};
  }
  if (name == "data.negatives") return one_or_list_of(kText, 0);
  if (name == "grid.architecture") return architectures();
  if (name == "grid.architecture.name") {
    return {{"type", "string"}, {"pattern", "^[a-z0-9][a-z0-9_.]{0,31}$"}};
  }
  if (name == "grid.architecture.blocks") {
    return {
        {"type", "array"}, {"items", numbers("integer", 1, 256)}, {"minItems", 1}, {"maxItems", 8}};
  }
  if (name == "worker.command") {
    return {{"type", "array"}, {"items", scalar()}, {"minItems", 1}};
  }
  if (name == "grid.pretrained") return one_or_list_of(weights());
  if (name == "train.pretrained") return weights();
  if (name == "resources.gpus") return gpus();
  if (name == "slurm.time") {
    return {{"anyOf",
             {numbers("integer", 0, 999'999),
              {{"type", "string"},
               {"pattern",
                "^([0-9]{1,4}-[0-9]{1,6}(:[0-9]{1,2}){0,2}|[0-9]{1,6}(:[0-9]{1,2}){0,2})$"}}}}};
  }
  if (name == "slurm.memory") {
    return {{"anyOf",
             {numbers("integer", 1, 999'999'999),
              {{"type", "string"}, {"pattern", "^[1-9][0-9]{0,8}[KMGT]?$"}}}}};
  }
  if (name == "slurm.extra") {
    return one_or_lines_of({{"type", "string"}, {"pattern", "^-[^\\x00-\\x1f\\x7f]*$"}});
  }
  if (name == "slurm.setup") return one_or_lines_of(kText);
  ensure(false, ("the schema has no form for " + name).c_str());
  return {};
}

Json form_of(const SweepKey& key) {
  switch (key.kind) {
    case Kind::text:
      return kText;
    case Kind::whole:
      return numbers("integer", key.minimum, key.maximum);
    case Kind::number:
      return numbers("number", key.minimum, key.maximum);
    case Kind::choice:
      return {{"enum", key.choices}};
    case Kind::truth:
      return {{"type", "boolean"}};
    case Kind::section:
      return section_schema(key.name);
    case Kind::own_form:
      break;
  }
  return own_form(key.name);
}

Json entry_of(const SweepKey& key) {
  const Json form = form_of(key);
  return with_help(key.count == SweepKey::Count::axis ? one_or_list_of(form) : form, key.help,
                   key.standard);
}

// A mapping with exactly the keys that the table has directly below `name` ("": the file).
Json section_schema(const std::string& name) {
  const std::string prefix = name.empty() ? "" : name + ".";
  Json properties = Json::object(), needed = Json::array();
  for (const SweepKey& key : sweep_keys()) {
    if (!key.name.starts_with(prefix)) continue;
    const std::string last = key.name.substr(prefix.size());
    if (last.find('.') != std::string::npos || last == "worker" || last == "objective") continue;
    properties[last] = entry_of(key);
    if (key.need == SweepKey::Need::required) needed.push_back(last);
  }
  if (name == "grid") add_recipe(properties, SweepKey::Count::axis);
  if (name == "train") add_recipe(properties, SweepKey::Count::one);
  Json schema = {{"type", "object"}, {"additionalProperties", false}, {"properties", properties}};
  if (!needed.empty()) schema["required"] = needed;
  if (name == "data") {
    schema["oneOf"] = {{{"required", {"chexpert"}}}, {{"required", {"synthetic"}}}};
  }
  if (name == "prune") schema["oneOf"] = {{{"required", {"median"}}}, {{"required", {"asha"}}}};
  return schema;
}

// A file whose trainer is a program of the user's: a grid of any axes.
Json own_trainer_schema() {
  Json properties = Json::object();
  for (const char* key : {"name", "worker", "objective", "resources", "retry", "prune", "slurm"}) {
    properties[key] = entry_of(sweep_key(key));
  }
  properties["grid"] = {{"description", "the axes: one run for every combination of their values"},
                        {"type", "object"},
                        {"additionalProperties", one_or_list_of(scalar())}};
  return {{"type", "object"},
          {"additionalProperties", false},
          {"properties", properties},
          {"required", {"name", "worker", "objective", "grid"}}};
}

}  // namespace

Json sweep_schema() {
  Json schema = {{"$schema", "http://json-schema.org/draft-07/schema#"},
                 {"title", "radsweep sweep file"},
                 {"$comment", "written by radsweep schema; do not edit"}};
  schema["if"] = {{"anyOf", {{{"required", {"worker"}}}, {{"required", {"objective"}}}}}};
  schema["then"] = own_trainer_schema();
  schema["else"] = section_schema("");
  return schema;
}

}  // namespace radsweep::orchestrator
