#include "worker/wrap/metric_line.h"

#include <cctype>
#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json_depth.h"

namespace radsweep::wrap {
namespace {

using nlohmann::json;

constexpr int kLastEpoch = 1'000'000'000;

// JSON knows no NaN; Python's json module writes it all the same. Outside of texts the words
// become texts.
std::string with_quoted_words(const std::string& line) {
  std::string out;
  bool in_text = false;
  for (std::size_t at = 0; at < line.size();) {
    const char c = line[at];
    if (in_text || !(std::isalpha(static_cast<unsigned char>(c)) != 0 ||
                     (c == '-' && at + 1 < line.size() && line[at + 1] == 'I'))) {
      if (in_text && c == '\\' && at + 1 < line.size()) out += line[at++];
      if (c == '"') in_text = !in_text;
      out += line[at++];
      continue;
    }
    std::size_t end = at + 1;
    while (end < line.size() && std::isalpha(static_cast<unsigned char>(line[end])) != 0) ++end;
    const std::string word = line.substr(at, end - at);
    const bool infinite = word == "NaN" || word == "Infinity" || word == "-Infinity";
    out += infinite ? '"' + word + '"' : word;
    at = end;
  }
  return out;
}

// A text as strtod reads it; nullopt when it is no number.
std::optional<double> number_of(const std::string& text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  const bool whole =
      !text.empty() && *end == '\0' && !std::isspace(static_cast<unsigned char>(text[0]));
  return whole ? std::optional(value) : std::nullopt;
}

std::optional<double> number_of(const json& value) {
  if (value.is_number()) return value.get<double>();
  if (value.is_boolean()) return value.get<bool>() ? 1 : 0;
  if (!value.is_string()) return std::nullopt;
  const auto number = number_of(value.get<std::string>());
  return number && !std::isfinite(*number) ? number : std::nullopt;
}

void take(MetricLine& read, const std::string& name, const json& value) {
  if (name == "epoch") {
    const auto number = number_of(value);
    if (number && *number >= 0 && *number <= kLastEpoch && *number == std::floor(*number)) {
      read.epoch = static_cast<int>(*number);
    } else {
      read.problem = "'epoch' takes a whole number from 0, not " + value.dump();
    }
    return;
  }
  const auto number = number_of(value);
  if (!number) {
    read.problem = "'" + name + "' takes a number, not " + value.dump();
  } else if (!std::isfinite(*number)) {
    read.not_a_number = name;
  } else {
    read.values[name] = *number;
  }
}

}  // namespace

MetricLine parse_metric_line(const std::string& line) {
  MetricLine read;
  if (is_deep_json(line)) {
    read.problem = "it nests too deep";
    return read;
  }
  const json object = json::parse(with_quoted_words(line), nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) {
    read.problem = "it is no JSON object";
    return read;
  }
  for (const auto& [name, value] : object.items()) {
    take(read, name, value);
    if (!read.problem.empty()) break;
  }
  if (read.problem.empty() && read.values.empty() && read.not_a_number.empty()) {
    read.problem = "it names no value";
  }
  return read;
}

std::string metric_line_of(const std::vector<std::string>& words, std::optional<int> epoch) {
  json object = json::object();
  if (epoch) object["epoch"] = *epoch;
  for (const std::string& word : words) {
    const std::size_t equals = word.find('=');
    const auto number = equals == std::string::npos || equals == 0
                            ? std::nullopt
                            : number_of(word.substr(equals + 1));
    if (!number) {
      throw Error(ExitCode::usage, "log", word, "it is not NAME=VALUE with a number",
                  "radsweep log valid_loss=0.41 --epoch 3");
    }
    const std::string name = word.substr(0, equals);
    object[name] =
        std::isfinite(*number) ? json(*number) : json(std::isnan(*number) ? "nan" : "inf");
  }
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace radsweep::wrap
