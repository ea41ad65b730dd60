#include "orchestrator/sweep/yaml_value.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/nearest_name.h"
#include "base/shortest_number.h"
#include "orchestrator/sweep/sweep_keys.h"
#include "orchestrator/sweep/yaml_document.h"

namespace radsweep::orchestrator {
namespace {

using nlohmann::json;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// [-+]? digits [. digits] [e [-+]? digits], at least one digit before any exponent, and no
// leading zeros: 010 is 8 in YAML 1.1 and 10 in 1.2, so it is neither here.
bool looks_like_number(std::string_view text, bool& whole) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t start = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at - start;
  };
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
  if (at + 1 < text.size() && text[at] == '0' && is_digit(text[at + 1])) return false;
  std::size_t mantissa = digits();
  whole = true;
  if (at < text.size() && text[at] == '.') {
    ++at;
    whole = false;
    mantissa += digits();
  }
  if (mantissa == 0) return false;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    whole = false;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    if (digits() == 0) return false;
  }
  return at == text.size();
}

json plain_scalar(const std::string& text) {
  if (text == "true") return true;
  if (text == "false") return false;
  bool whole = false;
  if (!looks_like_number(text, whole)) return text;
  const char* begin = text.data() + (text.front() == '+' ? 1 : 0);
  const char* end = text.data() + text.size();
  std::int64_t integer = 0;
  if (whole && std::from_chars(begin, end, integer).ec == std::errc()) return integer;
  double real = 0;
  if (std::from_chars(begin, end, real).ec != std::errc()) return text;  // 1e999
  return real == 0 ? 0.0 : real;
}

// "'seed' takes <accepted>, not <what is there>", with a way out where one is known.
void refuse(const Value& value, const std::string& accepted, Problems& problems) {
  problems.add(value.place,
               "'" + value.name + "' takes " + accepted + ", not " + described(value.node),
               type_suggestion(value.node));
}

}  // namespace

std::optional<json> scalar_of(const YAML::Node& node) {
  if (!node.IsScalar()) return std::nullopt;
  if (node.Tag() == "!") return node.Scalar();  // quoted or a block
  return plain_scalar(node.Scalar());
}

std::string described(const YAML::Node& node) {
  if (node.IsMap()) return "a mapping";
  if (node.IsSequence()) return "a list";
  if (!node.IsScalar()) return "nothing";
  const json value = *scalar_of(node);
  return value.is_string() ? value.dump() : node.Scalar();
}

std::string type_suggestion(const YAML::Node& node) {
  if (!node.IsScalar()) return "";
  std::string text = node.Scalar();
  if (node.Tag() == "!" && !plain_scalar(text).is_string()) return "without quotes: " + text;
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (text == "yes" || text == "on" || text == "true") return "write true";
  if (text == "no" || text == "off" || text == "false") return "write false";
  return "";
}

std::optional<std::string> read_text(const Value& value, Problems& problems) {
  const auto scalar = scalar_of(value.node);
  if (!scalar || !scalar->is_string()) {
    problems.add(value.place, "'" + value.name + "' takes a text, not " + described(value.node),
                 scalar ? "in quotes: \"" + value.node.Scalar() + "\"" : "");
    return std::nullopt;
  }
  const auto text = scalar->get<std::string>();
  const bool control = std::ranges::any_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  if (text.empty() || control) {
    problems.add(value.place, "'" + value.name +
                                  (control ? "' contains a line break or control character"
                                           : "' must not be empty"));
    return std::nullopt;
  }
  return text;
}

std::optional<std::int64_t> read_whole(const Value& value, std::int64_t minimum,
                                       std::int64_t maximum, Problems& problems) {
  const auto scalar = scalar_of(value.node);
  if (scalar && scalar->is_number_integer()) {
    const auto number = scalar->get<std::int64_t>();
    if (number >= minimum && number <= maximum) return number;
  }
  refuse(value, "a whole number from " + std::to_string(minimum) + " to " + std::to_string(maximum),
         problems);
  return std::nullopt;
}

std::optional<std::int64_t> read_whole(const Value& value, Problems& problems) {
  const SweepKey& key = sweep_key(value.name);
  return read_whole(value, static_cast<std::int64_t>(key.minimum),
                    static_cast<std::int64_t>(key.maximum), problems);
}

std::optional<double> read_number(const Value& value, Problems& problems) {
  const SweepKey& key = sweep_key(value.name);
  const auto scalar = scalar_of(value.node);
  if (scalar && scalar->is_number()) {
    const auto number = scalar->get<double>();
    if (number >= key.minimum && number <= key.maximum) return number;
  }
  refuse(value,
         "a number from " + shortest_number(key.minimum) + " to " + shortest_number(key.maximum),
         problems);
  return std::nullopt;
}

std::optional<std::string> read_choice(const Value& value, const std::vector<std::string>& choices,
                                       Problems& problems) {
  const auto scalar = scalar_of(value.node);
  const std::string text = scalar && scalar->is_string() ? scalar->get<std::string>() : "";
  if (std::ranges::find(choices, text) != choices.end()) return text;
  std::string accepted;
  for (const std::string& choice : choices) accepted += (accepted.empty() ? "" : ", ") + choice;
  const auto near = nearest_name(text, choices);
  problems.add(value.place,
               "'" + value.name + "' takes one of " + accepted + ", not " + described(value.node),
               near ? "did you mean '" + *near + "'?" : "");
  return std::nullopt;
}

std::optional<std::string> read_choice(const Value& value, Problems& problems) {
  return read_choice(value, sweep_key(value.name).choices, problems);
}

std::optional<bool> read_truth(const Value& value, Problems& problems) {
  const auto scalar = scalar_of(value.node);
  if (scalar && scalar->is_boolean()) return scalar->get<bool>();
  refuse(value, "true or false", problems);
  return std::nullopt;
}

std::vector<Value> read_list(const Value& value, EmptyList empty, Problems& problems) {
  if (!value.node.IsSequence()) {
    if (!value.node.IsNull()) return {value};
    problems.add(value.place, "'" + value.name + "' has no value");
    return {};
  }
  std::vector<Value> items;
  for (const YAML::Node& item : value.node) {
    items.push_back(
        {value.name, item, item.IsNull() ? value.place : place_of(item), value.key_place});
  }
  if (items.empty() && empty == EmptyList::refused) {
    problems.add(value.place, "'" + value.name + "' is an empty list: give it at least one value");
  }
  return items;
}

}  // namespace radsweep::orchestrator
