#include "base/shortest_number.h"

#include <array>
#include <charconv>

namespace radsweep {

std::string shortest_number(double value) {
  std::array<char, 32> buffer;  // the longest double has 24 characters
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return with_plain_exponent(std::string(buffer.data(), end));
}

std::string with_plain_exponent(const std::string& text) {
  const std::size_t exponent = text.find('e');
  if (exponent == std::string::npos) return text;
  const std::size_t digits = text.find_first_not_of('0', exponent + 2);
  const char* sign = text[exponent + 1] == '-' ? "-" : "";
  return text.substr(0, exponent + 1) + sign + text.substr(digits);
}

}  // namespace radsweep
