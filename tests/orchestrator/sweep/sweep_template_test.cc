// What `radsweep init` writes is a sweep file, and names everything a sweep file can say.
#include "orchestrator/sweep/sweep_template.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <regex>

#include "base/durable_file.h"
#include "orchestrator/sweep/expand.h"
#include "orchestrator/sweep/sweep_file.h"
#include "orchestrator/sweep/sweep_keys.h"
#include "tests/orchestrator/sweep/sweep_text.h"

using namespace radsweep;
using namespace radsweep::orchestrator;
using namespace radsweep::test;

namespace {

// One of the two rules of `prune:`; a file has one.
const std::vector<std::string> kAsha = {"asha", "min_epochs", "reduction"};

// Without the `#` before lines that are keys, apart from those of `but`.
std::string all_keys_active(const std::vector<std::string>& but) {
  static const std::regex kKey("#((  +)?([a-z0-9_]+):.*)");
  std::istringstream lines(kSweepTemplate);
  std::string text;
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    const bool key = std::regex_match(line, match, kKey);
    const bool other_rule = key && std::ranges::find(kAsha, match[3].str()) != kAsha.end();
    const bool wanted = key && !other_rule && std::ranges::find(but, match[3].str()) == but.end();
    text += (wanted ? match[1].str() : line) + "\n";
  }
  return text;
}

}  // namespace

TEST_CASE("the template is the file in sweeps/, a small sweep of four runs on generated data") {
  CHECK(kSweepTemplate == read_file(SWEEPS_DIR "/template.yaml"));
  const Sweep sweep = parse_sweep(kSweepTemplate, "template.yaml");
  CHECK(sweep.data.synthetic);
  CHECK(expand(sweep, {{"/d", "/c", sweep.data.labels, "manifest"}, 300, 300}).size() == 4);
}

TEST_CASE("the template names every key, and its commented ones are the defaults") {
  const std::string text = all_keys_active({"chexpert", "small", "pretrained"});
  REQUIRE(complaint(text) == "");
  const Sweep sweep = parse_sweep(text, "t");
  attempt::Recipe recipe;
  recipe.epochs = sweep.recipe.epochs;
  recipe.lr_mult = sweep.recipe.lr_mult;
  recipe.dropout = sweep.recipe.dropout;
  CHECK(sweep.recipe == recipe);
  CHECK(sweep.data.labels == attempt::LabelPolicy{});
  CHECK(sweep.retry.max_attempts == RetryRule{}.max_attempts);
  CHECK(sweep.retry.backoff_s == RetryRule{}.backoff_s);
  CHECK(sweep.prune == PruneRule(MedianRule{}));
  CHECK(sweep.resources.gpus.empty());
  CHECK(sweep.resources.runs_per_gpu == 1);
  CHECK(sweep.data.cache != "");

  const auto names = [&](const std::string& key) {
    return std::regex_search(text, std::regex("\\b" + key.substr(key.rfind('.') + 1) + ":"));
  };
  for (const std::string& key : attempt::recipe_key_names()) CHECK_MESSAGE(names(key), key);
  for (const SweepKey& key : sweep_keys()) {
    // of the other kind of file, which the template only tells of
    const bool own = key.name.rfind("worker", 0) == 0 || key.name.rfind("objective", 0) == 0;
    CHECK_MESSAGE((own || names(key.name)), key.name);
  }
  CHECK(std::string(kSweepTemplate).find("`worker:` and `objective:`") != std::string::npos);
  for (const auto& known : attempt::known_architectures()) {
    CHECK(text.find(known.name) != text.npos);
  }
}

TEST_CASE("a template with its weights named or real data instead of generated is read, too") {
  const std::string text = all_keys_active({"chexpert"});
  CHECK(parse_sweep(text, "t").pretrained.at("small") == "weights/small.safetensors");
  std::string real = all_keys_active({});
  CHECK(complaint(real).find("'data' has both 'chexpert' and 'synthetic'") != real.npos);
}

TEST_CASE("a new sweep file is called like its file and tells editors of its schema") {
  const Sweep sweep = parse_sweep(new_sweep_file("edema.yaml"), "edema.yaml");
  CHECK(sweep.name == "edema");
  CHECK(sweep.text.rfind("# yaml-language-server: $schema=radsweep.schema.json\n", 0) == 0);
  CHECK(sweep.text.find("my-sweep") == sweep.text.npos);
  CHECK(parse_sweep(new_sweep_file("no name.yaml"), "f").name == "my-sweep");
}
