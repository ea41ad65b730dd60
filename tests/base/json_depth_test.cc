#include "base/json_depth.h"

#include <doctest/doctest.h>

#include <string>

using radsweep::is_deep_json;
using radsweep::kDeepestJson;

namespace {

std::string nested(int levels) {
  const auto count = static_cast<std::size_t>(levels);
  return std::string(count, '[') + std::string(count, ']');
}

}  // namespace

TEST_CASE("a JSON text is deep from one level beyond the limit on") {
  CHECK_FALSE(is_deep_json(""));
  CHECK_FALSE(is_deep_json(nested(kDeepestJson)));
  CHECK(is_deep_json(nested(kDeepestJson + 1)));
  CHECK(is_deep_json(std::string(1'000'000, '{')));
}

TEST_CASE("lists side by side and brackets within strings are not deep") {
  std::string wide;
  for (int i = 0; i < 1000; ++i) wide += "[],";
  CHECK_FALSE(is_deep_json("[" + wide + "0]"));
  CHECK_FALSE(is_deep_json("\"" + std::string(1000, '[') + "\\\"" + std::string(1000, '{') + "\""));
  CHECK(is_deep_json("\"a\"," + std::string(1000, '[')));
}
