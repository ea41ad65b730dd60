#include "orchestrator/sweep/sweep_file.h"

#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "base/durable_file.h"
#include "tests/orchestrator/sweep/sweep_text.h"
#include "tests/support/temp_dir.h"

using namespace radsweep;
using namespace radsweep::orchestrator;
using namespace radsweep::test;

TEST_CASE("a sweep file says everything a Sweep holds") {
  const Sweep sweep = parse_sweep(R"(
name: full.name_1-x
data:
  synthetic: {studies: 10, valid: 5, image_px: 64, seed: 7}
  target: Edema
  uncertain: drop
  negatives: [No Finding, Fracture]
  cache: /c
grid:
  resolution: [96, 64]
  architecture: [densenet161, {name: own, growth: 8, blocks: [2, 3], init_features: 16, bn_size: 2}]
  seed: [3, 0]
  base_lr: [1e-3, 5.0e-3]
  augment: {flip: [true, false]}
train:
  pretrained: {own: w/own.safetensors}
  dropout: 1.0e-1
  augment: {max_warp: 0}
  augment.pad_mode: border
resources: {gpus: [1, GPU-abc], runs_per_gpu: 2, gpus_per_run: 1, cpu_slots: 3,
  cuda_graphs: true}
retry: {max_attempts: 5, backoff_s: 0.5, time_limit_h: 48}
)",
                                  "f.yaml");
  CHECK(sweep.name == "full.name_1-x");
  CHECK(sweep.data.chexpert.empty());
  CHECK(sweep.data.synthetic == SyntheticData{10, 5, 64, 7});
  CHECK(sweep.data.labels == attempt::LabelPolicy{"Edema", "drop", {"No Finding", "Fracture"}});
  CHECK(sweep.data.cache == "/c");
  CHECK(sweep.grid.resolutions == std::vector{96, 64});
  REQUIRE(sweep.grid.architectures.size() == 2);
  CHECK(sweep.grid.architectures[0] == *attempt::find_architecture("densenet161"));
  CHECK(sweep.grid.architectures[1] == attempt::Architecture{"own", 8, {2, 3}, 16, 2});
  CHECK(sweep.grid.seeds == std::vector<std::int64_t>{3, 0});
  REQUIRE(sweep.grid.extra.size() == 2);
  CHECK(sweep.grid.extra[0].key == "base_lr");
  CHECK(sweep.grid.extra[0].values == std::vector<nlohmann::json>{0.001, 0.005});
  CHECK(sweep.grid.extra[1].key == "augment.flip");
  CHECK(sweep.grid.extra[1].values == std::vector<nlohmann::json>{true, false});
  attempt::Recipe recipe;
  recipe.dropout = 0.1;
  recipe.augment.max_warp = 0;
  recipe.augment.pad_mode = "border";
  CHECK(sweep.recipe == recipe);
  CHECK(sweep.pretrained == std::map<std::string, std::string>{{"own", "w/own.safetensors"}});
  CHECK(sweep.resources.gpus == std::vector<std::string>{"1", "GPU-abc"});
  CHECK(sweep.resources.runs_per_gpu == 2);
  CHECK(sweep.resources.cpu_slots == 3);
  CHECK(sweep.resources.cuda_graphs);
  CHECK(sweep.retry.max_attempts == 5);
  CHECK(sweep.retry.backoff_s == 0.5);
  CHECK(sweep.retry.time_limit_h == 48.0);
}

TEST_CASE("what a sweep file leaves out has the default of the recipe") {
  const Sweep sweep = parse_sweep(
      "name: t\ndata: {chexpert: /d}\n"
      "grid: {resolution: 64, architecture: densenet121, seed: 1}\n",
      "t.yaml");
  CHECK(sweep.recipe == attempt::Recipe{});
  CHECK(sweep.data.labels == attempt::LabelPolicy{});
  CHECK(sweep.resources.gpus.empty());
  CHECK_FALSE(sweep.resources.cpu_slots);
  CHECK_FALSE(sweep.resources.cuda_graphs);
  CHECK(sweep.grid.resolutions == std::vector{64});  // a scalar is an axis of one value
}

TEST_CASE("one weights file is enough for one architecture, and aliases repeat a value") {
  CHECK(parse_sweep(with_line(8, "  pretrained: w"), "t").pretrained.at("densenet121") == "w");
  const Sweep sweep =
      parse_sweep(with_line(4, "  resolution: &px [64]").replace(0, 7, "name: t"), "t");
  CHECK(sweep.grid.resolutions == std::vector{64});
  CHECK(
      parse_sweep(with_line(8, "  epochs: &n 3\n  frozen_epochs: *n"), "t").recipe.frozen_epochs ==
      3);
}

TEST_CASE("every recipe key may be an axis or be fixed") {
  for (const attempt::RecipeKey& key : attempt::recipe_keys()) {
    CAPTURE(key.name);
    const std::string value = attempt::recipe_value(attempt::Recipe{}, key).dump();
    const std::string start = "name: t\ndata: {chexpert: /d}\n";
    const std::string grid = "grid:\n  resolution: 64\n  architecture: densenet121\n  seed: 1\n";
    const std::string line = "  " + key.name + ": ";
    CHECK(parse_sweep(start + grid + "train:\n" + line + value, "t").recipe == attempt::Recipe{});
    const Sweep sweep = parse_sweep(start + grid + line + "[" + value + "]", "t");
    REQUIRE(sweep.grid.extra.size() == 1);
    CHECK(sweep.grid.extra[0].key == key.name);
  }
}

TEST_CASE("the byte order mark and Windows line ends change nothing") {
  std::string text;
  for (const char c : valid_text()) text += c == '\n' ? std::string("\r\n") : std::string(1, c);
  CHECK(parse_sweep("\xEF\xBB\xBF" + text, "t").grid.resolutions == std::vector{64, 96});
  const std::size_t place = text.find("epochs");
  text.replace(place, 6, "epoch");
  CHECK(complaint("\xEF\xBB\xBF" + text).find("t.yaml:8:3: 'epoch'") != std::string::npos);
}

TEST_CASE("a sweep file that cannot be read is the environment's fault, a bad one the user's") {
  const TempDir folder;
  try {
    read_sweep_file(folder.path());
    FAIL("read a folder");
  } catch (const Error& error) {
    CHECK(error.code() == ExitCode::environment);
  }
  replace_file(folder / "s.yaml", valid_text());
  const Sweep sweep = read_sweep_file(folder / "s.yaml");
  CHECK(sweep.text == valid_text());
  CHECK(sweep.file == (folder / "s.yaml").string());
  replace_file(folder / "s.yaml", "name: [");
  CHECK_THROWS_AS(read_sweep_file(folder / "s.yaml"), Error);
}

TEST_CASE("a sweep file that is not there is a usage error naming those that are") {
  TempDir folder;
  std::ofstream(folder / "smoke.yaml") << valid_text();
  try {
    read_sweep_file(folder / "smokr.yaml");
    FAIL("read");
  } catch (const Error& error) {
    CHECK(error.code() == ExitCode::usage);
    CHECK(error.why().find("did you mean '" + (folder / "smoke.yaml").string()) !=
          std::string::npos);
  }
}

TEST_CASE("a file cut off anywhere is read or refused, never a crash") {
  const std::string text = read_file(SWEEPS_DIR "/demo.yaml") + "# \"\xC3\xA9\"\n";
  int refused = 0;
  for (std::size_t length = 0; length <= text.size(); ++length) {
    refused += complaint(text.substr(0, length)).empty() ? 0 : 1;  // usage errors only
    CHECK(complaint(text.substr(0, length)).find("not a usage error") == std::string::npos);
  }
  CHECK(refused > 100);
}

TEST_CASE("a file with a byte changed is read or refused, never a crash") {
  const std::string text = read_file(SWEEPS_DIR "/smoke.yaml");
  for (std::size_t at = 0; at < text.size(); at += 2) {
    for (const char byte :
         {'[', ',', '{', '"', ':', '-', '&', '*', '\t', '\0', '\xFF', '%', '|', '\n'}) {
      std::string changed = text;
      changed[at] = byte;
      CHECK(complaint(changed).find("not a usage error") == std::string::npos);
    }
  }
}

TEST_CASE("prune names one rule, whose keys have defaults; without it nothing is stopped") {
  const auto pruned_by = [](const std::string& line) {
    return parse_sweep(valid_text() + line, "t").prune;
  };
  CHECK_FALSE(pruned_by("\n"));
  CHECK(pruned_by("\nprune: {median: {}}") == PruneRule(MedianRule{3, 4}));
  CHECK(pruned_by("\nprune: {median: {warmup_epochs: 0, min_runs: 9}}") ==
        PruneRule(MedianRule{0, 9}));
  CHECK(pruned_by("\nprune: {asha: {reduction: 4}}") == PruneRule(AshaRule{1, 4}));
}
