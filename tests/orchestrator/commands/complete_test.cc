// What is offered on Tab, by the question that the shells' scripts ask.
#include <doctest/doctest.h>

#include <sstream>

#include "base/durable_file.h"
#include "tests/orchestrator/report/sample_sweep.h"
#include "tests/support/radsweep_says.h"

using namespace radsweep;
using namespace radsweep::test;

namespace {

// The words offered in `folder`, blank-separated, without their explanations.
std::string offered(const std::filesystem::path& folder, const std::string& typed) {
  std::istringstream lines(radsweep_says(folder, "__complete " + typed).out);
  std::string words;
  for (std::string line; std::getline(lines, line);) {
    words += (words.empty() ? "" : " ") + line.substr(0, line.find('\t'));
  }
  return words;
}

std::string offered(const std::string& typed) {
  const TempDir folder;
  return offered(folder.path(), typed);
}

// A folder with the stores runs/first and runs/second.
struct TwoStores {
  TwoStores() {
    for (const char* name : {"first", "second"}) {
      SampleSweep sweep({{160, "small", name[0] == 'f' ? 1 : 2, Fate::done, 0.8},
                         {320, "small", 1, Fate::done, 0.8}});
      std::filesystem::create_directories(folder / "runs");
      std::filesystem::copy(sweep.folder().path(), folder / "runs" / name,
                            std::filesystem::copy_options::recursive);
    }
  }
  TempDir folder;
};

}  // namespace

TEST_CASE("the beginning of a verb or an option is completed, with its explanation") {
  CHECK(offered("re") == "results report retry");
  CHECK(offered("results --f") == "--format");
  CHECK(offered("data ''") == "check prepare synth");
  CHECK(offered("nonsense ''") == "");
  const TempDir folder;
  CHECK(radsweep_says(folder.path(), "__complete version --j").out == "--json\tAs JSON\n");
}

TEST_CASE("an option that was given is not offered again") {
  CHECK(offered("version --json --j") == "");
  CHECK(offered("results --format csv --f") == "");
}

TEST_CASE("the values of a choice are completed after a blank and after =") {
  CHECK(offered("results --format ''") == "table csv json md latex");
  CHECK(offered("results --format=c") == "--format=csv");
  CHECK(offered("run --progress p") == "plain");
  CHECK(offered("completion z") == "zsh");
}

TEST_CASE("files are offered where one is taken, of the kind that fits") {
  CHECK(offered("run ''") == ":files .yaml");
  CHECK(offered("run --store ''") == ":files ");
  CHECK(offered("report -o ''") == ":files .html");
  CHECK(offered("predict --images a.jpg ''") == ":files ");  // takes several
  CHECK(offered("data check ''") == ":files ");
  CHECK(offered("run sweep.yaml ''") == "");
  CHECK(offered("run --cpu-slots ''") == "");
}

TEST_CASE("stores and runs are completed from what is below ./runs") {
  const TwoStores two;
  CHECK(offered(two.folder.path(), "status ''") == "first second");
  CHECK(offered(two.folder.path(), "sql f") == "first");
  CHECK(offered(two.folder.path(), "logs first ''") == "160-small-s1 320-small-s1");
  CHECK(offered(two.folder.path(), "logs second 160-small-s2 ''") == "320-small-s1");
  CHECK(offered(two.folder.path(), "why f") == "first");
  CHECK(offered(two.folder.path(), "why 3") == "320-small-s1");  // of the newest store
  CHECK(offered("status ''") == ":files ");  // without one below ./runs it may lie anywhere
  CHECK(offered("logs ''") == ":files ");
}

TEST_CASE("a store that cannot be read offers nothing, quietly for the shell") {
  const TempDir folder;
  std::filesystem::create_directories(folder / "runs/broken");
  replace_file(folder / "runs/broken/sweep.db", "no database");
  CHECK(offered(folder.path(), "status ''") == "broken");
  const Answer answer = radsweep_says(folder.path(), "__complete logs '' 2>/dev/null");
  CHECK(answer.exit_code != 0);
  CHECK(answer.out == "");
}
