#include "orchestrator/progress/styled_line.h"

#include <algorithm>

namespace radsweep::orchestrator {
namespace {

const char* escape_of(Colour colour) {
  switch (colour) {
    case Colour::bold:
      return "\x1b[1m";
    case Colour::dim:
      return "\x1b[2m";
    case Colour::red:
      return "\x1b[31m";
    case Colour::green:
      return "\x1b[32m";
    case Colour::yellow:
      return "\x1b[33m";
    case Colour::cyan:
      return "\x1b[36m";
    case Colour::none:
      break;
  }
  return "";
}

bool continues_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

}  // namespace

int display_width(std::string_view text) {
  return static_cast<int>(
      std::ranges::count_if(text, [](char c) { return !continues_character(c); }));
}

StyledLine& StyledLine::add(std::string_view text, Colour colour) {
  const bool styled = coloured_ && colour != Colour::none && width_ < columns_ && !text.empty();
  if (styled) text_ += escape_of(colour);
  for (const char c : text) {
    if (!continues_character(c)) {
      if (width_ == columns_) break;
      ++width_;
    }
    const auto byte = static_cast<unsigned char>(c);
    text_ += byte < 0x20 || byte == 0x7F ? ' ' : c;
  }
  if (styled) text_ += "\x1b[0m";
  return *this;
}

StyledLine& StyledLine::pad_to(int column) {
  const int spaces = std::max(column - width_, width_ > 0 ? 1 : 0);
  return add(std::string(static_cast<std::size_t>(spaces), ' '));
}

}  // namespace radsweep::orchestrator
