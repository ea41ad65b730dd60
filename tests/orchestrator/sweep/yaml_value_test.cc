#include "orchestrator/sweep/yaml_value.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace radsweep::orchestrator;
using nlohmann::json;

TEST_CASE("scalars have the type they are written in") {
  const auto value = [](const std::string& text) {
    return *scalar_of(YAML::Load("a: " + text)["a"]);
  };
  CHECK(value("5") == json(5));
  CHECK(value("5").is_number_integer());
  CHECK(value("+5") == json(5));
  CHECK(value("-5") == json(-5));
  for (const char* real : {"1e-3", "1.0e-3", ".001", "0.001", "+1E-3"}) {
    CAPTURE(real);
    CHECK(value(real) == json(0.001));
  }
  CHECK(value("5.").is_number_float());
  CHECK(value("true") == json(true));
  CHECK(value("false") == json(false));
  CHECK(value("9223372036854775807") == json(9223372036854775807));
  CHECK(value("9223372036854775808").is_number_float());
  CHECK_FALSE(std::signbit(value("-0.0").get<double>()));
}

TEST_CASE("whatever is quoted or only similar to a number is text") {
  const auto value = [](const std::string& text) {
    return *scalar_of(YAML::Load("a: " + text)["a"]);
  };
  for (const std::string text : {"\"5\"", "'5'",   "'true'", "yes",  "no",   "on",  "True", "0x10",
                                 "010",   "1_000", "1e999",  ".inf", ".nan", "nan", "inf",  "1e",
                                 "e5",    ".",     "+.e1",   "5px",  "1 2",  "0,1", "1.2.3"}) {
    CAPTURE(text);
    CHECK(value(text).is_string());
  }
  CHECK_FALSE(scalar_of(YAML::Load("[]")));
  CHECK_FALSE(scalar_of(YAML::Load("{}")));
  CHECK_FALSE(scalar_of(YAML::Load("~")));
}
