#include "worker/data/csv_reader.h"

#include <doctest/doctest.h>

using namespace radsweep::data;
using Fields = std::vector<std::string>;

TEST_CASE("CsvReader reads quoted fields, byte order mark and both line ends") {
  CsvReader reader(
      "\xEF\xBB\xBF"
      "a,\"b,\"\"c\"\"\"\r\n\r\n1,\n,\"\"");
  CsvRecord record;
  REQUIRE(reader.next(record));
  CHECK(record.line == 1);
  CHECK(record.fields == Fields{"a", "b,\"c\""});
  REQUIRE(reader.next(record));
  CHECK(record.line == 3);
  CHECK(record.fields == Fields{"1", ""});
  REQUIRE(reader.next(record));
  CHECK(record.fields == Fields{"", ""});
  CHECK_FALSE(reader.next(record));
}

TEST_CASE("CsvReader reports a malformed line and goes on with the next") {
  CsvReader reader(std::string_view("\"open,2\n\"a\"b,2\na\"b,2\nx\0y,2\ngood,2\n", 36));
  CsvRecord record;
  for (const char* why :
       {"does not end", "follows a closing quote", "inside an unquoted", "zero byte"}) {
    REQUIRE(reader.next(record));
    CHECK(record.malformed.find(why) != std::string::npos);
  }
  REQUIRE(reader.next(record));
  CHECK(record.malformed.empty());
  CHECK(record.fields == Fields{"good", "2"});
  CHECK(record.line == 5);
}
