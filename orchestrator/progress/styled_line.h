// One line of a terminal picture: pieces with colours, never wider than asked.
#pragma once

#include <string>
#include <string_view>

namespace radsweep::orchestrator {

// Characters a terminal shows for UTF-8 text (one column per code point; colours must not be in
// it).
int display_width(std::string_view text);

enum class Colour { none, bold, dim, red, green, yellow, cyan };

class StyledLine {
 public:
  StyledLine(int columns, bool coloured) : columns_(columns), coloured_(coloured) {}

  // Appends as much as still fits. Control characters become spaces: one line stays one line.
  StyledLine& add(std::string_view text, Colour colour = Colour::none);
  // Appends spaces up to `column`; at least one when something is there already.
  StyledLine& pad_to(int column);
  int width() const { return width_; }
  const std::string& text() const { return text_; }

 private:
  int columns_;
  bool coloured_;
  int width_ = 0;  // display columns used
  std::string text_;
};

}  // namespace radsweep::orchestrator
