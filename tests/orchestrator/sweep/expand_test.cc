#include "orchestrator/sweep/expand.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/durable_file.h"
#include "base/hash.h"
#include "tests/orchestrator/sweep/sweep_text.h"
#include "tests/support/temp_dir.h"

using namespace radsweep;
using namespace radsweep::orchestrator;
using namespace radsweep::test;
using nlohmann::json;

namespace {

const DataFacts kData = {{"/d", "/c", {}, "manifest"}, 1000, 900};

std::vector<PlannedRun> runs_of(const std::string& text, const DataFacts& data = kData) {
  return expand(parse_sweep(text, "t.yaml"), data);
}

std::vector<std::string> names_of(const std::vector<PlannedRun>& runs) {
  std::vector<std::string> names;
  for (const PlannedRun& run : runs) names.push_back(run.row.name);
  return names;
}

std::set<std::string> identities_of(const std::vector<PlannedRun>& runs) {
  std::set<std::string> identities;
  for (const PlannedRun& run : runs) identities.insert(run.row.identity);
  return identities;
}

}  // namespace

TEST_CASE("expansion gives every combination of the axes once, longest first") {
  const auto runs = runs_of(with_line(6, "  seed: [2, 1]\n  dropout: [0.5, 0.1]"));
  CHECK(names_of(runs) ==
        std::vector<std::string>{"96-densenet121-s2-dropout=0.5", "96-densenet121-s1-dropout=0.5",
                                 "96-densenet121-s2-dropout=0.1", "96-densenet121-s1-dropout=0.1",
                                 "64-densenet121-s2-dropout=0.5", "64-densenet121-s1-dropout=0.5",
                                 "64-densenet121-s2-dropout=0.1", "64-densenet121-s1-dropout=0.1"});
  CHECK(identities_of(runs).size() == 8);
  CHECK(std::ranges::is_sorted(
      runs, [](const auto& a, const auto& b) { return a.row.cost > b.row.cost; }));
}

TEST_CASE("a run carries its own value of an axis, and the file's of everything else") {
  const auto runs = runs_of(with_line(6, "  seed: 7\n  base_lr: [1e-3, 2e-3]"));
  const PlannedRun& run = runs[1];
  CHECK(run.spec.recipe.base_lr == 2e-3);
  CHECK(run.spec.recipe.epochs == 6);
  CHECK(run.spec.seed == 7);
  CHECK(run.spec.resolution == 96);
  CHECK(run.spec.architecture.name == "densenet121");
  CHECK(run.spec.data == kData.source);
  CHECK(run.spec.sweep == "t");
  CHECK(run.row.variant == "base_lr=0.002");
  CHECK(run.row.resolution == 96);
  CHECK(run.row.seed == 7);
  CHECK(run.memory_bytes > 0);
  const json config = json::parse(run.row.config);
  CHECK(config["architecture"]["name"] == "densenet121");
  CHECK(config["train"]["base_lr"] == 0.002);
  CHECK(config["data"]["target"] == "Atelectasis");
  CHECK(config["pretrained"].is_null());
  CHECK(run.row.identity == sha256_hex(attempt::canonical_configuration(run.spec)));
  CHECK(run.spec.identity == run.row.identity);
}

TEST_CASE("precision may be an axis: bf16 runs have names of their own and take less memory") {
  const auto runs = runs_of(with_line(6, "  seed: 7\n  precision: [fp32, bf16]"));
  REQUIRE(runs.size() == 4);
  CHECK(names_of(runs)[0] == "96-densenet121-s7-precision=fp32");
  CHECK(names_of(runs)[1] == "96-densenet121-s7-precision=bf16");
  CHECK(runs[1].row.variant == "precision=bf16");
  CHECK(identities_of(runs).size() == 4);
  CHECK(runs[1].memory_bytes < runs[0].memory_bytes);
}

TEST_CASE("the cost is three forward passes per image and epoch, two when frozen") {
  const auto run = runs_of(with_line(8, "  epochs: 6\n  frozen_epochs: 3")).front();
  const auto architecture = *attempt::find_architecture("densenet121");
  CHECK(run.row.cost ==
        doctest::Approx(attempt::multiply_adds(architecture, 96) * 1000 * (18 + 6)));
}

TEST_CASE("more epochs go first, whatever the resolution") {
  const auto runs = runs_of(with_line(6, "  seed: 1\n  frozen_epochs: [1, 100]"));
  CHECK(runs.front().row.name == "96-densenet121-s1-frozen_epochs=100");
  CHECK(runs[1].row.name == "64-densenet121-s1-frozen_epochs=100");
}

TEST_CASE("the same file gives the same list every time") {
  const auto first = runs_of(valid_text()), second = runs_of(valid_text());
  CHECK(names_of(first) == names_of(second));
  for (std::size_t i = 0; i < first.size(); ++i) {
    CHECK(first[i].spec == second[i].spec);
    CHECK(first[i].row.config == second[i].row.config);
  }
}

TEST_CASE("comments, order of keys, spelling of numbers, names and paths keep the identities") {
  const auto before = identities_of(runs_of(valid_text()));
  const std::string other = R"(# another layout of the same sweep
retry: {max_attempts: 9, backoff_s: 1}
train: {lr_mult: 1.0e+2, epochs: 6, augment: {flip: false}}
grid: {seed: [2, 1], architecture: densenet121, resolution: [96, 64]}
data: {chexpert: /elsewhere, cache: /else}
resources: {gpus: [0], runs_per_gpu: 3, cpu_slots: 4}
name: another
)";
  DataFacts moved = kData;
  moved.source.root = "/elsewhere";
  moved.source.cache = "/else";
  CHECK(identities_of(runs_of(other, moved)) == before);
  CHECK(identities_of(runs_of(with_line(5,
                                        "  architecture: [{name: x, growth: 32, "
                                        "blocks: [6, 12, 24, 16]}]"))) == before);
}

TEST_CASE("every train key, the data, the shape and the weights change the identities") {
  const auto before = identities_of(runs_of(valid_text()));
  const auto changed = [&](const std::set<std::string>& after) {
    return std::ranges::none_of(after, [&](const auto& id) { return before.contains(id); });
  };
  for (const attempt::RecipeKey& key : attempt::recipe_keys()) {
    if (key.choices.size() == 1) continue;  // nothing else to choose
    CAPTURE(key.name);
    const json value = attempt::recipe_value(attempt::Recipe{}, key);
    std::string other;
    if (value.is_boolean()) other = value.get<bool>() ? "false" : "true";
    if (value.is_string()) other = key.choices.back();
    if (value.is_number()) {
      const double least = std::max(key.minimum, key.name == "epochs" ? 1.0 : key.minimum);
      const double number = value.get<double>() == least ? least + 1 : least;
      other = value.is_number_integer() ? std::to_string(static_cast<long>(number))
                                        : std::to_string(number);
      if (!value.is_number_integer()) other = json(number).dump();
    }
    CHECK(changed(identities_of(runs_of(with_line(8, "  " + key.name + ": " + other)))));
  }
  DataFacts other_data = kData;
  other_data.source.manifest = "another";
  CHECK(changed(identities_of(runs_of(valid_text(), other_data))));
  CHECK(changed(identities_of(runs_of(with_line(5, "  architecture: densenet169")))));
  CHECK(changed(identities_of(runs_of(with_line(4, "  resolution: [65]")))));
  CHECK(changed(identities_of(runs_of(with_line(6, "  seed: [3]")))));
}

TEST_CASE("initial weights are part of the identity by content, not by path") {
  const TempDir folder;
  replace_file(folder / "a", "weights");
  replace_file(folder / "b", "weights");
  replace_file(folder / "c", "others");
  const auto with = [&](const std::string& file) {
    return runs_of(with_line(8, "  pretrained: " + (folder / file).string()));
  };
  CHECK(identities_of(with("a")) == identities_of(with("b")));
  CHECK(identities_of(with("a")) != identities_of(with("c")));
  CHECK(identities_of(with("a")) != identities_of(runs_of(valid_text())));
  CHECK(with("a").front().spec.pretrained == (folder / "a").string());
  CHECK(with("a").front().spec.pretrained_sha256 == sha256_hex("weights"));
  CHECK(json::parse(with("a").front().row.config)["pretrained"]["file"] == "a");
}

TEST_CASE("pretrained as an axis names runs by the file each architecture starts from") {
  const TempDir folder;
  replace_file(folder / "imagenet.safetensors", "weights");
  const std::string file = (folder / "imagenet.safetensors").string();
  const auto runs = runs_of(with_line(
      6, "  seed: 1\n  pretrained: [none, {densenet121: " + file + "}]\n  dropout: [0.3]"));
  std::map<std::string, std::string> starts;
  for (const PlannedRun& run : runs) starts[run.row.name] = run.spec.pretrained;
  CHECK(starts == std::map<std::string, std::string>{
                      {"64-densenet121-s1-pretrained=none-dropout=0.3", ""},
                      {"96-densenet121-s1-pretrained=none-dropout=0.3", ""},
                      {"64-densenet121-s1-pretrained=imagenet-dropout=0.3", file},
                      {"96-densenet121-s1-pretrained=imagenet-dropout=0.3", file}});
  CHECK(runs.front().row.variant == "pretrained=none dropout=0.3");
}

TEST_CASE("an axis value equals the same start fixed for all runs") {
  const TempDir folder;
  replace_file(folder / "w", "weights");
  const std::string file = (folder / "w").string();
  CHECK(identities_of(runs_of(with_line(6, "  seed: [1, 2]\n  pretrained: [" + file + "]"))) ==
        identities_of(runs_of(with_line(8, "  epochs: 6\n  pretrained: " + file))));
}

TEST_CASE(
    "gpus_per_run as an axis is a part of a run's name and identity, fixed for all it is not") {
  const auto axis = runs_of(with_line(6, "  seed: 1\n  gpus_per_run: [1, 2]\n  dropout: [0.3]"));
  std::map<std::string, int> gpus;
  for (const PlannedRun& run : axis) gpus[run.row.name] = run.row.gpus;
  CHECK(gpus == std::map<std::string, int>{{"64-densenet121-s1-dropout=0.3-gpus_per_run=1", 1},
                                           {"64-densenet121-s1-dropout=0.3-gpus_per_run=2", 2},
                                           {"96-densenet121-s1-dropout=0.3-gpus_per_run=1", 1},
                                           {"96-densenet121-s1-dropout=0.3-gpus_per_run=2", 2}});
  CHECK(identities_of(axis).size() == 4);
  CHECK(json::parse(axis.front().row.config)["gpus_per_run"] == axis.front().row.gpus);
  CHECK(axis.front().row.variant.find("gpus_per_run=") != std::string::npos);

  const auto fixed = runs_of(with_line(9, "resources: {gpus_per_run: 2}"));
  CHECK(identities_of(fixed) == identities_of(runs_of(valid_text())));
  CHECK(fixed.front().row.gpus == 2);
}

TEST_CASE("cuda_graphs is told to the worker and no part of a run's identity") {
  const auto runs = runs_of(with_line(9, "resources: {cuda_graphs: true}"));
  const auto without = runs_of(valid_text());
  CHECK(runs.front().spec.cuda_graphs);
  CHECK_FALSE(without.front().spec.cuda_graphs);
  CHECK(identities_of(runs) == identities_of(without));
  CHECK(runs.front().memory_bytes > without.front().memory_bytes);
}

TEST_CASE("missing weights are an error of the environment with the way to get them") {
  try {
    runs_of(with_line(8, "  pretrained: /nowhere/w.safetensors"));
    FAIL("expanded without weights");
  } catch (const Error& error) {
    CHECK(error.code() == ExitCode::environment);
    CHECK(error.where() == "/nowhere/w.safetensors");
    CHECK(error.hint().find("README.md") != std::string::npos);
  }
}

TEST_CASE("two architectures equal but for the name are refused, unless their weights differ") {
  const std::string twins = "  architecture: [{name: a, blocks: [2]}, {name: b, blocks: [2]}]";
  CHECK_THROWS_WITH_AS(runs_of(with_line(5, twins)), doctest::Contains("are the same training"),
                       Error);
  const TempDir folder;
  replace_file(folder / "w", "weights");
  std::string text = with_line(5, twins);
  text.replace(text.find("epochs"), 9, "pretrained: {a: " + (folder / "w").string() + "}");
  CHECK(identities_of(runs_of(text)).size() == 8);
}

TEST_CASE("data that does not fill one batch is refused, unless the last batch is kept") {
  DataFacts few = kData;
  few.train_studies = 29;
  CHECK_THROWS_WITH_AS(runs_of(valid_text(), few),
                       doctest::Contains("needs 30 studies for a batch and the data has 29"),
                       Error);
  CHECK(runs_of(with_line(8, "  drop_last: false"), few).size() == 4);
}
