#include <algorithm>

#include "base/nearest_name.h"
#include "orchestrator/sweep/sections.h"

namespace radsweep::orchestrator {
namespace {

std::vector<std::string> known_names() {
  std::vector<std::string> names;
  for (const auto& known : attempt::known_architectures()) names.push_back(known.name);
  return names;
}

// Names become parts of folder names.
bool is_name(const std::string& text) {
  const auto letter_or_digit = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  };
  return !text.empty() && text.size() <= 32 && letter_or_digit(text.front()) &&
         std::ranges::all_of(text,
                             [&](char c) { return letter_or_digit(c) || c == '_' || c == '.'; });
}

void check_name(const Value& value, const std::string& name, Problems& problems) {
  if (!is_name(name)) {
    problems.add(value.place, "'" + name + "' cannot name an architecture",
                 "1 to 32 of a-z, 0-9, '_' and '.', the first one a letter or digit");
  } else if (attempt::find_architecture(name)) {
    problems.add(value.place, "'" + name + "' is one of torchvision's architectures",
                 "give your own another name, or write just: " + name);
  }
}

int read_size(Section& section, const char* key, int otherwise, Problems& problems) {
  const auto value = section.take(key);
  if (!value) return otherwise;
  return static_cast<int>(read_whole(*value, problems).value_or(otherwise));
}

std::vector<int> read_blocks(Section& section, Problems& problems) {
  const auto value = section.require("blocks", "[3, 3, 3]", problems);
  if (!value) return {};
  if (!value->node.IsSequence() || value->node.size() == 0 || value->node.size() > 8) {
    problems.add(value->place, "'" + value->name + "' takes a list of 1 to 8 whole numbers",
                 "the dense layers of each block, such as [3, 3, 3]");
    return {};
  }
  std::vector<int> blocks;
  for (const Value& item : read_list(*value, EmptyList::refused, problems)) {
    blocks.push_back(static_cast<int>(read_whole(item, 1, 256, problems).value_or(1)));
  }
  return blocks;
}

}  // namespace

std::optional<attempt::Architecture> read_architecture(const Value& value, Problems& problems) {
  if (!value.node.IsMap()) {
    const auto name = read_choice(value, known_names(), problems);
    return name ? attempt::find_architecture(*name) : std::nullopt;
  }
  Section section(value.name, value.node, value.place);
  attempt::Architecture own;
  if (const auto name = section.require("name", "small", problems)) {
    own.name = read_text(*name, problems).value_or("");
    if (!own.name.empty()) check_name(*name, own.name, problems);
  }
  own.blocks = read_blocks(section, problems);
  own.growth = read_size(section, "growth", own.growth, problems);
  own.init_features = read_size(section, "init_features", own.init_features, problems);
  own.bn_size = read_size(section, "bn_size", own.bn_size, problems);
  section.refuse_rest(problems);
  if (own.name.empty() || own.blocks.empty()) return std::nullopt;
  return own;
}

}  // namespace radsweep::orchestrator
