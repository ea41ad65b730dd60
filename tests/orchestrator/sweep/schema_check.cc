#include "tests/orchestrator/sweep/schema_check.h"

#include <algorithm>
#include <regex>
#include <set>

#include "orchestrator/sweep/yaml_value.h"

namespace radsweep::test {
namespace {

using nlohmann::json;

json json_of(const YAML::Node& node) {
  if (node.IsMap()) {
    json object = json::object();
    for (const auto& pair : node) object[pair.first.Scalar()] = json_of(pair.second);
    return object;
  }
  if (node.IsSequence()) {
    json array = json::array();
    for (const YAML::Node& item : node) array.push_back(json_of(item));
    return array;
  }
  return orchestrator::scalar_of(node).value_or(json());
}

bool has_type(const json& value, const std::string& type) {
  return type == "object"    ? value.is_object()
         : type == "array"   ? value.is_array()
         : type == "string"  ? value.is_string()
         : type == "boolean" ? value.is_boolean()
         : type == "integer" ? value.is_number_integer()
         : type == "number"  ? value.is_number()
                             : false;
}

bool all_different(const json& array) {
  return std::set<json>(array.begin(), array.end()).size() == array.size();
}

long matching(const json& value, const json& schemas) {
  return std::ranges::count_if(schemas,
                               [&](const json& one) { return offence(value, one).empty(); });
}

std::string offence_inside(const json& value, const json& schema, const std::string& path) {
  if (value.is_array() && schema.contains("items")) {
    for (const json& item : value) {
      if (auto bad = offence(item, schema["items"], path + "[]"); !bad.empty()) return bad;
    }
  }
  if (!value.is_object()) return "";
  const json properties = schema.value("properties", json::object());
  const json others = schema.value("additionalProperties", json(true));
  for (const auto& [key, inner] : value.items()) {
    const json& rule = properties.contains(key) ? properties[key] : others;
    if (rule == json(true)) continue;
    if (rule == json(false)) return path + "." + key + ": additionalProperties";
    if (auto bad = offence(inner, rule, path + "." + key); !bad.empty()) return bad;
  }
  return "";
}

// Words that only limit values of one type let all others pass.
bool holds(const std::string& word, const json& rule, const json& value) {
  if (word == "type") return has_type(value, rule.get<std::string>());
  if (word == "enum") return std::ranges::find(rule, value) != rule.end();
  if (word == "const") return value == rule;
  if (word == "anyOf") return matching(value, rule) > 0;
  if (word == "oneOf") return matching(value, rule) == 1;
  if (word == "minimum") return !value.is_number() || value >= rule;
  if (word == "maximum") return !value.is_number() || value <= rule;
  if (word == "minItems") return !value.is_array() || value.size() >= rule.get<std::size_t>();
  if (word == "maxItems") return !value.is_array() || value.size() <= rule.get<std::size_t>();
  if (word == "uniqueItems") return !value.is_array() || all_different(value);
  if (word == "minLength") return !value.is_string() || !value.get<std::string>().empty();
  if (word == "pattern") {
    return !value.is_string() ||
           std::regex_search(value.get<std::string>(), std::regex(rule.get<std::string>()));
  }
  if (word == "required") {
    return !value.is_object() ||
           std::ranges::all_of(rule, [&](const json& key) { return value.contains(key); });
  }
  static const std::set<std::string> kElsewhere = {
      "$schema", "$comment",     "title",      "description",
      "default", "doNotSuggest", "properties", "additionalProperties",
      "items"};
  return kElsewhere.count(word) > 0;
}

}  // namespace

json json_of_yaml(const std::string& text) {
  return json_of(YAML::Load(text));
}

std::string offence(const json& value, const json& schema, const std::string& path) {
  for (const auto& [word, rule] : schema.items()) {
    if (!holds(word, rule, value)) return path + ": " + word;
  }
  return offence_inside(value, schema, path);
}

}  // namespace radsweep::test
