// The words of JSON schema that the sweep schema uses, checked on a YAML text.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace radsweep::test {

// The text as an editor sees it; duplicate keys and aliases are not looked at.
nlohmann::json json_of_yaml(const std::string& text);

// Where the value does not conform, as "path: word of the schema"; "" when it conforms. A word
// this check does not know is itself an offence.
std::string offence(const nlohmann::json& value, const nlohmann::json& schema,
                    const std::string& path = "");

}  // namespace radsweep::test
