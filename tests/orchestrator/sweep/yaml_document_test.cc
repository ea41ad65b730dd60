#include "orchestrator/sweep/yaml_document.h"

#include <doctest/doctest.h>

#include "tests/orchestrator/sweep/sweep_text.h"

using namespace radsweep;
using namespace radsweep::test;

namespace {

bool says(const std::string& text, const std::string& words) {
  const std::string said = complaint(text);
  CAPTURE(said);
  CHECK(said.find(words) != std::string::npos);
  return said.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("text that is no YAML mapping is refused at its place") {
  CHECK(says("", "t.yaml:1:1: the file is empty"));
  CHECK(says("", "radsweep init FILE writes one to start from"));
  CHECK(says("# only a comment\n", "t.yaml:1:1: the file is empty"));
  CHECK(says("~", "the file is empty"));
  CHECK(says("- a\n", "t.yaml:1:1: expected 'key: value' lines"));
  CHECK(says(valid_text() + "---\nname: u\n", "t.yaml:11:1: a second document begins here"));
  CHECK(says("name: t\ngrid:\n\tseed: 1\n", "t.yaml:3:1: not YAML: a tab in the indentation"));
  CHECK(says("name: t\ngrid:\n  resolution: [32]\n \tseed: [1]\ntrain:\n  epochs: 1\n",
             "t.yaml:4:2: not YAML: a tab in the indentation"));
  CHECK(says("name: t\ngrid: [1, 2\n", "t.yaml:2:12: not YAML: end of sequence flow not found"));
  CHECK(says("name: \"t\n", "t.yaml:1:9: not YAML: illegal document indicator in scalar"));
  CHECK(says("name: \"t\n", "bracket, brace or quote before this place is not closed"));
  CHECK(says("name: a: b\n", "t.yaml:1:8: not YAML: illegal map value"));
  CHECK(says(",name: t\n", "t.yaml:1:1: not YAML: this character does not belong here"));
  CHECK(says("name: *who\n", "t.yaml:1:7: not YAML: the referenced anchor is not defined"));
}

TEST_CASE("the marks of a document's begin and end are accepted") {
  CHECK(complaint("%YAML 1.2\n---\n" + valid_text() + "...\n") == "");
  CHECK(complaint(valid_text() + "# the end") == "");
}

TEST_CASE("YAML that means nothing in a sweep file is refused") {
  CHECK(says(with_line(8, "  <<: {epochs: 3}"), "t.yaml:8:3: merge keys (<<) are not supported"));
  CHECK(says(with_line(8, "  [a]: 3"), "t.yaml:8:3: a key must be a word"));
  CHECK(says(with_line(8, "  ~: 3"), "t.yaml:8:3: a key must be a word"));
  CHECK(says(with_line(8, "  epochs: !!str 6"), "t.yaml:8:11: tags (here tag:yaml.org,2002:str)"));
}

TEST_CASE("nesting and aliases without end are refused, not followed") {
  CHECK(says(std::string(100'000, '['), "nested too deeply"));
  CHECK(says("a: " + std::string(100'000, '{'), "nested too deeply"));
  CHECK(says(std::string(400, '[') + std::string(400, ']'), "t.yaml:1:1: expected"));
  CHECK(says("a: " + std::string(400, '[') + std::string(400, ']'), "nested too deeply"));
  std::string dashes;
  for (int i = 0; i < 100'000; ++i) dashes += "- ";
  CHECK(says(dashes, "nested too deeply"));
  CHECK(says("a: &x [1, *x]\n", "an alias that contains itself"));
  std::string laughs = "a0: &a0 [1, 1]\n";
  for (int i = 1; i < 30; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    const std::string name = "a" + std::to_string(i);
    laughs += name + ": &" + name + " [" + before + ", " + before + "]\n";
  }
  CHECK(says(laughs, "nested too deeply, or an alias"));
}
