#include "orchestrator/report/text_table.h"

#include <doctest/doctest.h>

using namespace radsweep::report;

TEST_CASE("columns line up by characters, not bytes") {
  const TextTable table{
      {"name", "value"}, {Align::left, Align::right}, {{"a", "80.12 ± 0.45"}, {"bcd", "1"}}};
  CHECK(lay_out(table) ==
        "name         value\n"
        "----  ------------\n"
        "a     80.12 ± 0.45\n"
        "bcd              1\n");
}

TEST_CASE("a table without rows is its header") {
  CHECK(lay_out({{"a"}, {Align::left}, {}}) == "a\n-\n");
}
