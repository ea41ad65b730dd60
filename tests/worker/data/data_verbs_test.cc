#include "worker/commands/data.h"

#include <doctest/doctest.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/durable_file.h"
#include "base/error.h"
#include "tests/worker/data/small_data_set.h"
#include "worker/data/image_cache.h"

using namespace radsweep;
namespace fs = std::filesystem;

namespace {

struct Outcome {
  int exit_code = -1;
  std::string output;  // stdout
  std::string error;
};

Outcome run(std::vector<std::string> arguments) {
  CLI::App app;
  Outcome outcome;
  commands::add_data_verbs(app, outcome.exit_code);
  std::ostringstream captured;
  auto* const before = std::cout.rdbuf(captured.rdbuf());
  std::ranges::reverse(arguments);  // CLI11 takes them from the back
  try {
    app.parse(arguments);
  } catch (const Error& error) {
    outcome.exit_code = static_cast<int>(error.code());
    outcome.error = error.what();
  } catch (const CLI::ParseError& error) {
    outcome.exit_code = 2;
    outcome.error = error.what();
  }
  std::cout.rdbuf(before);
  outcome.output = captured.str();
  return outcome;
}

}  // namespace

TEST_CASE("data synth, check and prepare work together from the command line") {
  test::TempDir folder;
  const std::string set = folder / "set", cache = folder / "cache";
  CHECK(run({"data", "synth", set, "--studies", "8", "--valid", "4", "--size", "16", "--seed", "2"})
            .exit_code == 0);
  const auto report = run({"data", "check", set, "--json", "--negative", "Edema", "--negative",
                           "No Finding", "--uncertain", "drop"});
  CHECK(report.exit_code == 0);
  const auto json = nlohmann::json::parse(report.output);
  CHECK(json.at("negatives") == std::vector<std::string>{"Edema", "No Finding"});
  CHECK(json.at("uncertain") == "drop");
  CHECK(json.at("valid_studies") == 4);
  CHECK(run({"data", "prepare", set, "--cache", cache, "--resolution", "8,12", "--quiet"})
            .exit_code == 0);
  CHECK(data::ImageCache(cache, 8).size() == data::ImageCache(cache, 12).size());
}

TEST_CASE("data check --negative '' means a policy without negative findings") {
  const test::SmallDataSet files;
  const auto report = run({"data", "check", "--negative", "", files.root().string(), "--json"});
  CHECK(report.exit_code == 0);
  const auto json = nlohmann::json::parse(report.output);
  CHECK(json.at("negatives").empty());
  CHECK(json.at("train_studies") == 2);
}

TEST_CASE("data check reports what it counted and lists all problems, with exit code 4") {
  const test::SmallDataSet files;
  fs::remove(files / "valid/patient64541/study1/view1_frontal.jpg");
  const auto text = run({"data", "check", files.root().string()});
  CHECK(text.exit_code == 4);
  CHECK(text.output.find("used studies") != std::string::npos);
  CHECK(text.error.find("valid.csv:2: valid/patient64541/study1/view1_frontal.jpg: there is no "
                        "such file") != std::string::npos);
  const auto json = run({"data", "check", files.root().string(), "--json"});
  CHECK(json.exit_code == 4);
  CHECK(nlohmann::json::parse(json.output).at("problems").at(0).at("row") == 2);
}

TEST_CASE(
    "data check --cache reads a cache's bytes and tells which file is not as it was written") {
  const test::SmallDataSet files;
  const std::string root = files.root().string(), cache = files.cache().string();
  const auto check = [&] { return run({"data", "check", root, "--cache", cache}); };
  CHECK(check().exit_code == 4);  // there is none yet
  CHECK(check().error.find("no finished image cache") != std::string::npos);
  REQUIRE(run({"data", "prepare", root, "--cache", cache, "--resolution", "8,12", "--quiet"})
              .exit_code == 0);
  CHECK(check().exit_code == 0);
  CHECK(check().output.find("12 px  6 images") != std::string::npos);
  const auto spoil = [&](const char* file, const std::string& bytes) {
    test::write_text(files.cache() / file, bytes);
    const auto outcome = check();
    CHECK(outcome.exit_code == 4);
    CAPTURE(outcome.error);
    CHECK(outcome.error.find(std::string(file) + ": ") != std::string::npos);
    CHECK(outcome.error.find("images-12.u8") == std::string::npos);
  };
  SUBCASE("a flipped bit") {
    std::string bytes = read_file(files.cache() / "images-8.u8");
    bytes[100] = static_cast<char>(bytes[100] ^ 1);
    spoil("images-8.u8", bytes);
  }
  SUBCASE("a file cut short") {
    spoil("images-8.u8", "short");
  }
  SUBCASE("another index") {
    spoil("index.csv", "row,path\n");
  }
  SUBCASE("a manifest that is no JSON") {
    spoil("manifest-8.json", "{");
  }
  SUBCASE("no pack") {
    fs::remove(files.cache() / "images-8.u8");
    CHECK(check().error.find("images-8.u8: No such file") != std::string::npos);
  }
  SUBCASE("another policy") {
    const auto outcome = run({"data", "check", root, "--cache", cache, "--uncertain", "drop"});
    CHECK(outcome.exit_code == 4);
    CHECK(outcome.error.find("another label policy") != std::string::npos);
  }
}

TEST_CASE("a wrong data command line is refused") {
  CHECK(run({"data"}).exit_code == 2);
  CHECK(run({"data", "prepare", "x", "--cache", "y"}).exit_code == 2);
  CHECK(run({"data", "prepare", "x", "--cache", "y", "--resolution", "0"}).exit_code == 2);
  CHECK(run({"data", "synth", "x", "--studies", "many"}).exit_code == 2);
  CHECK(run({"data", "check", "x", "--uncertain", "postive"}).exit_code == 2);
}
