#include "orchestrator/sweep/yaml_text.h"

#include <doctest/doctest.h>

#include "base/error.h"

using namespace radsweep;
using namespace radsweep::orchestrator;

namespace {

// What is said about `text`; "" when nothing is wrong.
std::string said_of(const std::string& text) {
  Problems problems("f", text);
  try {
    check_yaml_text(text, problems);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

bool refuses(const std::string& text, const std::string& place) {
  return said_of(text).find("f:" + place + ": a byte that is not UTF-8 text") != std::string::npos;
}

}  // namespace

TEST_CASE("text in any alphabet passes, with Windows line ends and tabs") {
  CHECK(said_of("") == "");
  CHECK(said_of("a:\tb\r\n") == "");
  CHECK(said_of("\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80") == "");
}

TEST_CASE("bytes that are no text are refused where they stand") {
  CHECK(refuses("name: \xFF\n", "1:7"));
  CHECK(refuses("na\xC3\xA9: \x01", "1:6"));
  CHECK(refuses(std::string("a\nname: t\0x", 11), "2:8"));
  CHECK(refuses("name: \xED\xA0\x80", "1:7"));      // half a surrogate pair
  CHECK(refuses("name: \xC0\xAF", "1:7"));          // an overlong '/'
  CHECK(refuses("name: \xF4\x90\x80\x80", "1:7"));  // beyond Unicode
  CHECK(refuses("name: \xE2\x82", "1:7"));          // cut off
  CHECK(refuses("\xFF\xFEn", "1:1"));               // UTF-16
}

TEST_CASE("what yaml-cpp would recurse into too deeply, or read for minutes, is refused") {
  CHECK(said_of(std::string(100'000, '[')).find("f:1:501: nested too deeply") != std::string::npos);
  std::string dashes;
  for (int i = 0; i < 100'000; ++i) dashes += "- ";
  CHECK(said_of(dashes).find("nested too deeply") != std::string::npos);
  CHECK(said_of(std::string(2 << 20, '#')).find("larger than 1 MiB") != std::string::npos);
  std::string closed;
  for (int i = 0; i < 2'000; ++i) closed += "- [1]\n";
  CHECK(said_of(closed) == "");
}
