// Values of a YAML file, typed strictly: a quoted "5" is text, `yes` is text, 1e-3 is a number.
#pragma once

#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/sweep/problems.h"

namespace radsweep::orchestrator {

// A value together with what it is called in messages and where to point.
struct Value {
  std::string name;  // of its key, "data.target"
  YAML::Node node;
  Place place;      // of the value; of the key when there is no value
  Place key_place;  // of the key it belongs to
};

// A scalar as JSON, by YAML 1.2's core schema without its second spellings: true and false,
// decimal whole numbers, decimal reals; everything else (also quoted) is a string. Whole numbers
// beyond 64 bits become reals, -0 becomes 0. nullopt when the node is no scalar.
std::optional<nlohmann::json> scalar_of(const YAML::Node& node);

// What stands there, for "not ...": 5, "five", nothing, a list, a mapping.
std::string described(const YAML::Node& node);

// A way out for a value of the wrong type: quotes to remove, `true` for yes. May be "".
std::string type_suggestion(const YAML::Node& node);

// Each reads one value or adds a problem and returns nullopt. Without limits or choices of its own
// they are those of the value's key in sweep_keys.h.
std::optional<std::string> read_text(const Value& value, Problems& problems);
std::optional<std::int64_t> read_whole(const Value& value, std::int64_t minimum,
                                       std::int64_t maximum, Problems& problems);
std::optional<std::int64_t> read_whole(const Value& value, Problems& problems);
std::optional<double> read_number(const Value& value, Problems& problems);
std::optional<std::string> read_choice(const Value& value, Problems& problems);
std::optional<std::string> read_choice(const Value& value, const std::vector<std::string>& choices,
                                       Problems& problems);
std::optional<bool> read_truth(const Value& value, Problems& problems);

// The items of a list, or the value itself as the only one. An empty list or no value at all is
// a problem and gives nothing.
enum class EmptyList { refused, allowed };
std::vector<Value> read_list(const Value& value, EmptyList empty, Problems& problems);

}  // namespace radsweep::orchestrator
