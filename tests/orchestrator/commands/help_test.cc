// What every verb says of itself, and to those who mistype.
#include <doctest/doctest.h>

#include <regex>
#include <sstream>
#include <vector>

#include "tests/support/radsweep_says.h"
#include "tests/support/temp_dir.h"

using namespace radsweep::test;

namespace {

Answer says(const std::string& words) {
  const TempDir folder;
  return radsweep_says(folder.path(), words + " 2>&1");
}

// The verbs, by the list that completion gives.
std::vector<std::string> verbs() {
  std::istringstream lines(says("__complete ''").out);
  std::vector<std::string> names;
  for (std::string line; std::getline(lines, line);)
    names.push_back(line.substr(0, line.find('\t')));
  return names;
}

std::vector<std::string> long_options(const std::string& help) {
  static const std::regex kOption("^  (-.,)?(--[a-z-]+)", std::regex::multiline);
  std::vector<std::string> names;
  for (std::sregex_iterator it(help.begin(), help.end(), kOption), end; it != end; ++it) {
    names.push_back((*it)[2]);
  }
  return names;
}

}  // namespace

TEST_CASE("every verb has examples in its help") {
  CHECK(verbs().size() >= 20);
  for (const std::string& verb : verbs()) {
    const Answer help = says(verb + " --help");
    CAPTURE(verb);
    CHECK(help.exit_code == 0);
    CHECK(has(help, "\nExamples:\n  radsweep "));
  }
}

TEST_CASE("every option of every verb, with a letter too many, is recognized") {
  std::size_t options = 0;
  for (const std::string& verb : verbs()) {
    for (const std::string& option : long_options(says(verb + " --help").out)) {
      const Answer answer = says(verb + " " + option + "x");
      CAPTURE(verb + " " + option);
      CHECK(answer.exit_code == 2);
      CHECK(has(answer, "(did you mean '" + option + "'?)"));
      ++options;
    }
  }
  CHECK(options > 50);  // --help of each and more
}

TEST_CASE("every verb with two letters swapped is recognized") {
  for (std::string verb : verbs()) {
    if (verb.size() < 4) continue;
    const std::string meant = verb;
    std::swap(verb[1], verb[2]);
    CAPTURE(verb);
    CHECK((verb == meant ||
           has(says(verb), "unknown command '" + verb + "' (did you mean '" + meant)));
  }
  CHECK(has(says("data chek"), "unknown command 'chek' (did you mean 'check'?)"));
  CHECK(has(says("weights"), "'radsweep weights' needs one of: import"));
}

TEST_CASE("a choice that there is not names the nearest and all others") {
  const Answer answer = says("results --format cvs");
  CHECK(answer.exit_code == 2);
  CHECK(has(answer, "'cvs' is none of table, csv, json, md, latex (did you mean 'csv'?)"));
  CHECK(has(says("run --progress plian x.yaml"), "(did you mean 'plain'?)"));
  CHECK(has(says("completion bsh"), "(did you mean 'bash'?)"));
}

TEST_CASE("a sweep file without its verb, and a word for help, lead on") {
  CHECK(has(says("sweep.yaml"), "did you mean 'radsweep run sweep.yaml'?"));
  CHECK(has(says("help"), "did you mean '--help'?"));
}
