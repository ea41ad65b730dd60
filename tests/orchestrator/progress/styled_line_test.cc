#include "orchestrator/progress/styled_line.h"

#include <doctest/doctest.h>

using namespace radsweep::orchestrator;

TEST_CASE("a styled line is never wider than asked") {
  StyledLine line(5, false);
  line.add("abc").add("defgh").add("i");
  CHECK(line.text() == "abcde");
  CHECK(line.width() == 5);
}

TEST_CASE("a styled line never cuts a character in half") {
  StyledLine line(3, false);
  line.add("äöüß");
  CHECK(line.text() == "äöü");
  CHECK(display_width("äöüß") == 4);
}

TEST_CASE("a styled line ends every colour it begins, also when cut") {
  StyledLine line(2, true);
  line.add("abc", Colour::red).add("d", Colour::green);
  CHECK(line.text() == "\x1b[31mab\x1b[0m");
}

TEST_CASE("a styled line keeps control characters from the terminal") {
  CHECK(StyledLine(9, false).add("a\nb\x1b[2J").text() == "a b [2J");
}

TEST_CASE("pad_to fills up to a column and separates what is already beyond it") {
  CHECK(StyledLine(20, false).add("ab").pad_to(4).add("c").text() == "ab  c");
  CHECK(StyledLine(20, false).add("abcdef").pad_to(4).add("c").text() == "abcdef c");
  CHECK(StyledLine(20, false).pad_to(0).add("c").text() == "c");
}
