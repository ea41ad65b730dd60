// The files in sweeps/ are what they say they are.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "orchestrator/sweep/expand.h"
#include "orchestrator/sweep/sweep_file.h"

using namespace radsweep;
using namespace radsweep::orchestrator;

namespace {

// Without the weights, which are the user's.
std::vector<PlannedRun> runs_of(const std::string& file) {
  Sweep sweep = read_sweep_file(SWEEPS_DIR "/" + file);
  sweep.pretrained.clear();
  return expand(sweep, {{"/d", "/c", sweep.data.labels, "manifest"}, 1000, 900});
}

}  // namespace

TEST_CASE("chexpert.yaml is the paper's 30 runs with every default spelled out") {
  const Sweep sweep = read_sweep_file(SWEEPS_DIR "/chexpert.yaml");
  CHECK(sweep.name == "chexpert-atelectasis");
  CHECK(sweep.recipe == attempt::Recipe{});
  for (const std::string& key : attempt::recipe_key_names()) {
    CAPTURE(key);
    const std::string last = key.substr(key.find('.') + 1);
    CHECK(sweep.text.find(" " + last + ": ") != std::string::npos);
  }
  CHECK(sweep.data.labels == attempt::LabelPolicy{});
  CHECK(sweep.pretrained.size() == 2);
  const auto runs = runs_of("chexpert.yaml");
  CHECK(runs.size() == 30);
  CHECK(runs.front().row.name == "480-densenet161-s1");
  CHECK(runs.back().row.name == "160-densenet121-s5");
}

TEST_CASE("demo.yaml is 30 runs on generated data, smoke.yaml two") {
  CHECK(runs_of("demo.yaml").size() == 30);
  CHECK(read_sweep_file(SWEEPS_DIR "/demo.yaml").data.synthetic);
  CHECK(runs_of("smoke.yaml").size() == 2);
  CHECK(read_sweep_file(SWEEPS_DIR "/smoke.yaml").data.synthetic);
}
