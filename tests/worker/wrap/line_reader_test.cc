#include "worker/wrap/line_reader.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <string>
#include <vector>

using namespace radsweep::wrap;

namespace {

struct Piped {
  Piped() { REQUIRE(::pipe2(ends, O_NONBLOCK) == 0); }
  ~Piped() {
    for (const int end : ends) ::close(end);
  }
  void write(const std::string& text) {
    REQUIRE(::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  bool read(LineReader& reader) {
    return reader.read([this](const std::string& line) { lines.push_back(line); },
                       [this](const std::string&) { ++too_long; });
  }
  int ends[2];
  std::vector<std::string> lines;
  int too_long = 0;
};

}  // namespace

TEST_CASE("lines are taken whole, however they were written") {
  Piped piped;
  LineReader reader(piped.ends[0]);
  piped.write("one\ntw");
  CHECK(piped.read(reader));
  CHECK(piped.lines == std::vector<std::string>{"one"});
  piped.write("o\n\nthree");
  CHECK(piped.read(reader));
  CHECK(piped.lines == std::vector<std::string>{"one", "two", ""});
  CHECK(reader.take_rest() == "three");
  CHECK(reader.take_rest() == "");
}

TEST_CASE("a line without an end is given up after 1 MiB, and the pipe's end is told") {
  Piped piped;
  LineReader reader(piped.ends[0]);
  const std::string much(32 * 1024, 'a');
  for (int i = 0; i < 33; ++i) {
    piped.write(much);
    CHECK(piped.read(reader));
  }
  CHECK(piped.too_long == 1);
  CHECK(piped.lines.empty());
  ::close(piped.ends[1]);
  CHECK_FALSE(piped.read(reader));
}
