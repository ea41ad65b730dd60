#include "orchestrator/sweep/yaml_text.h"

#include <algorithm>

namespace radsweep::orchestrator {
namespace {

// Rough on purpose: comments and quotes count too. A sweep file nests 4 deep.
constexpr std::size_t kMostBytes = 1 << 20;
constexpr int kMostBrackets = 500;
constexpr int kMostIndicators = 500;  // '- ', '? ' and ': ' in one line

// Length of the UTF-8 character at `at`, 0 when there is none or it is a control character.
std::size_t character_length(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  if (lead < 0x80) return lead >= 0x20 || lead == '\n' || lead == '\r' || lead == '\t' ? 1 : 0;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || at + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(text[at + i]) & 0xC0) != 0x80) return 0;
  }
  const auto second = static_cast<unsigned char>(text[at + 1]);
  const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
  const bool beyond = (lead == 0xED && second >= 0xA0) || (lead == 0xF4 && second >= 0x90);
  return overlong || beyond ? 0 : length;
}

}  // namespace

void check_yaml_text(std::string_view text, Problems& problems) {
  if (text.size() > kMostBytes) {
    problems.add({}, "the file is larger than 1 MiB: not a sweep file");
    problems.throw_if_any();
  }
  Place place;
  int brackets = 0, indicators = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    const std::size_t length = character_length(text, at);
    if (length == 0) problems.add(place, "a byte that is not UTF-8 text", "save it as UTF-8");
    if (c == '[' || c == '{') ++brackets;
    if (c == ']' || c == '}') brackets = std::max(brackets - 1, 0);
    const bool blank_follows = at + 1 >= text.size() || text[at + 1] == ' ' || text[at + 1] == '\t';
    if ((c == '-' || c == '?' || c == ':') && blank_follows) ++indicators;
    if (brackets > kMostBrackets || indicators > kMostIndicators) {
      problems.add(place, "nested too deeply");
    }
    problems.throw_if_any();
    at += length;
    place.column += static_cast<int>(length);
    if (c == '\n') {
      place = {place.line + 1, 0};
      indicators = 0;
    }
  }
}

}  // namespace radsweep::orchestrator
