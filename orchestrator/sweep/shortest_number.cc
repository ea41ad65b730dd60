#include "orchestrator/sweep/shortest_number.h"

#include <array>
#include <charconv>

namespace radsweep::orchestrator {

std::string shortest_number(double value) {
  std::array<char, 32> buffer;  // the longest double has 24 characters
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  std::string text(buffer.data(), end);
  const std::size_t exponent = text.find('e');
  if (exponent == std::string::npos) return text;
  std::string digits = text.substr(exponent + 2);
  digits.erase(0, digits.find_first_not_of('0'));
  return text.substr(0, exponent + 1) + (text[exponent + 1] == '-' ? "-" : "") + digits;
}

}  // namespace radsweep::orchestrator
