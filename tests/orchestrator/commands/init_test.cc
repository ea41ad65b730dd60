// radsweep init and schema, as a new user meets them.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "base/durable_file.h"
#include "orchestrator/sweep/sweep_schema.h"
#include "orchestrator/sweep/sweep_template.h"
#include "tests/support/radsweep_says.h"
#include "tests/support/temp_dir.h"

using namespace radsweep;
using namespace radsweep::orchestrator;
using namespace radsweep::test;

TEST_CASE("init in an empty folder writes a file that plans four runs, and says what comes next") {
  const TempDir folder;
  const Answer init = radsweep_says(folder.path(), "init 2>&1");
  CHECK(init.exit_code == 0);
  CHECK(has(init, "radsweep plan sweep.yaml"));
  CHECK(has(init, "radsweep run sweep.yaml"));
  CHECK(read_file(folder / "sweep.yaml") == new_sweep_file("sweep.yaml"));
  const Answer plan = radsweep_says(folder.path(), "plan sweep.yaml --gpus none --json");
  REQUIRE(plan.exit_code == 0);
  CHECK(nlohmann::json::parse(plan.out)["runs"].size() == 4);
}

TEST_CASE("init never overwrites a sweep file and prints only the file's name to stdout") {
  const TempDir folder;
  replace_file(folder / "mine.yaml", "name: mine\n");
  const Answer refused = radsweep_says(folder.path(), "init mine.yaml 2>&1");
  CHECK(refused.exit_code == 2);
  CHECK(has(refused, "mine.yaml: it exists, and is not overwritten"));
  CHECK(read_file(folder / "mine.yaml") == "name: mine\n");
  CHECK(radsweep_says(folder.path(), "init new/other.yaml 2>/dev/null").out == "new/other.yaml\n");
  CHECK(read_file(folder / "new/other.yaml") == new_sweep_file("other.yaml"));
  std::size_t left = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "new")) {
    left += entry.path().filename() != "other.yaml" && entry.path().filename() != kSchemaFile;
  }
  CHECK(left == 0);  // drafts
}

TEST_CASE("a file that cannot be written is the environment's fault") {
  const TempDir folder;
  replace_file(folder / "file", "");
  CHECK(radsweep_says(folder.path(), "init file/sweep.yaml 2>&1").exit_code == 4);
}

TEST_CASE("the schema beside a new sweep file is the one that radsweep schema prints") {
  const TempDir folder;
  replace_file(folder / kSchemaFile, "{\"of\": \"an older version\"}");
  radsweep_says(folder.path(), "init 2>/dev/null");
  const std::string schema = read_file(folder / kSchemaFile);
  CHECK(radsweep_says(folder.path(), "schema").out == schema);
  CHECK(nlohmann::ordered_json::parse(schema) == sweep_schema());
}

TEST_CASE("init - prints the file for a pipe and writes nothing") {
  const TempDir folder;
  const Answer piped =
      radsweep_says(folder.path(), "init - | \"$radsweep\" plan /dev/stdin --gpus none --json");
  CHECK(piped.exit_code == 0);
  CHECK(nlohmann::json::parse(piped.out)["runs"].size() == 4);
  CHECK(std::filesystem::is_empty(folder.path()));
}
