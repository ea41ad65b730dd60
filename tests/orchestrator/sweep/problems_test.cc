#include "orchestrator/sweep/problems.h"

#include <doctest/doctest.h>

#include "base/error.h"

using namespace radsweep;
using namespace radsweep::orchestrator;

namespace {

std::string shown(const std::string& text, Place place) {
  Problems problems("f", text);
  problems.add(place, "bad");
  try {
    problems.throw_if_any();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("without problems nothing is thrown") {
  CHECK_NOTHROW(Problems("f", "text").throw_if_any());
}

TEST_CASE("the mark stands below its character: tabs and wide bytes are counted as one") {
  CHECK(shown("one\n\tt\xC3\xA9: x\n", {1, 6}) ==
        "cannot use the sweep file f: 1 problem\nf:2:6: bad\n    \tt\xC3\xA9: x\n    \t    ^");
}

TEST_CASE("places beyond the text are shown at its end") {
  CHECK(shown("ab", {0, 99}).find("f:1:3: bad\n    ab\n      ^") != std::string::npos);
  CHECK(shown("ab", {7, 0}).find("f:8:1: bad\n    \n    ^") != std::string::npos);
  CHECK(shown("", {0, 0}).find("f:1:1: bad") != std::string::npos);
}

TEST_CASE("of an endless line only the neighbourhood of the place is shown") {
  const std::string text = std::string(5000, 'a') + "!" + std::string(5000, 'b');
  const std::string said = shown(text, {0, 5000});
  CHECK(said.size() < 500);
  CHECK(said.find("f:1:5001: bad") != std::string::npos);
  CHECK(said.find("\n    " + std::string(80, ' ') + "^") != std::string::npos);
  CHECK(said.find("\n    " + std::string(80, 'a') + "!") != std::string::npos);
}

TEST_CASE("control characters of the file never reach the terminal") {
  CHECK(shown("a\x1B[31mb", {0, 0}).find('\x1B') == std::string::npos);
}
