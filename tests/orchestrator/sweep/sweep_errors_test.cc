// Every kind of mistake in a sweep file: where it is said to be, in which words, and the way out.
#include <doctest/doctest.h>

#include "orchestrator/sweep/sections.h"
#include "tests/orchestrator/sweep/sweep_text.h"

using namespace radsweep;
using namespace radsweep::test;

namespace {

struct Mistake {
  std::size_t line;         // of the valid file, replaced by
  std::string replacement;  // this
  std::string place;        // line:column the message must name
  std::string problem;      // and its words, whole
  std::string suggestion;   // below the mark; "" for none
};

// The message is the place, the words, the source line and a mark below the column.
void check(const Mistake& mistake) {
  const std::string text = with_line(mistake.line, mistake.replacement);
  const std::string said = complaint(text);
  CAPTURE(text);
  CAPTURE(said);
  CHECK(said.find("t.yaml:" + mistake.place + ": " + mistake.problem + "\n") != std::string::npos);

  const std::size_t colon = mistake.place.find(':');
  std::istringstream lines(text);
  std::string source;
  for (int i = 0; i < std::stoi(mistake.place); ++i) std::getline(lines, source);
  const auto column = static_cast<std::size_t>(std::stoi(mistake.place.substr(colon + 1)));
  std::string block =
      mistake.problem + "\n    " + source + "\n    " + std::string(column - 1, ' ') + "^";
  if (!mistake.suggestion.empty()) block += "\n    " + mistake.suggestion;
  CHECK((said + "\n").find(block + "\n") != std::string::npos);
}

}  // namespace

TEST_CASE("the file the mistakes are made in is valid") {
  CHECK(complaint(valid_text()) == "");
}

TEST_CASE("unknown keys are named with the nearest known one") {
  const std::vector<Mistake> mistakes = {
      {7, "trains:", "7:1", "'trains' is not a key of a sweep file", "did you mean 'train'?"},
      {7, "epochs: 3\ntrain:", "7:1", "'epochs' is not a key of a sweep file",
       "'epochs' belongs below 'train:', or below 'grid:' as an axis"},
      {10, "colour: blue", "10:1", "'colour' is not a key of a sweep file",
       "known keys: data grid name prune resources retry slurm train"},
      {2, "data: {chexpert: /d, targt: X}", "2:22", "'targt' is not a key of 'data'",
       "did you mean 'target'?"},
      {2, "data: {synthetic: {studys: 3}}", "2:20", "'studys' is not a key of 'data.synthetic'",
       "did you mean 'studies'?"},
      {6, "  seeds: [1]\n  seed: [1]", "6:3", "'seeds' is not a key of 'grid'",
       "did you mean 'seed'?"},
      {8, "  epoch: 6", "8:3", "'epoch' is not a key of 'train'", "did you mean 'epochs'?"},
      {8, "  flip: true", "8:3", "'flip' is not a key of 'train'", "did you mean 'augment.flip'?"},
      {8, "  augment: {max_warps: 0.1}", "8:13", "'max_warps' is not a key of 'train.augment'",
       "did you mean 'max_warp'?"},
      {9, "resources: {gpu: all}", "9:13", "'gpu' is not a key of 'resources'",
       "did you mean 'gpus'?"},
      {10, "retry: {max_attempt: 3}", "10:9", "'max_attempt' is not a key of 'retry'",
       "did you mean 'max_attempts'?"},
  };
  for (const Mistake& mistake : mistakes) check(mistake);
}

TEST_CASE("missing keys are named with an example") {
  const std::vector<Mistake> mistakes = {
      {1, "# no name", "1:1", "the sweep file lacks 'name'", "add: name: my-sweep"},
      {2, "# no data", "1:1", "the sweep file lacks 'data'",
       "add: data: {chexpert: /path/to/CheXpert-v1.0}"},
      {2, "data: {target: X}", "2:1", "'data' says neither 'chexpert' nor 'synthetic'",
       "add: chexpert: /path/to/CheXpert-v1.0"},
      {2, "data: {chexpert: /d, synthetic: {}}", "2:22",
       "'data' has both 'chexpert' and 'synthetic'", "keep one of the two"},
      {4, "", "3:1", "'grid' lacks 'resolution'", "add: resolution: [160, 320, 480]"},
      {5, "", "3:1", "'grid' lacks 'architecture'",
       "add: architecture: [densenet121, densenet161]"},
      {6, "", "3:1", "'grid' lacks 'seed'", "add: seed: [1, 2, 3, 4, 5]"},
      {5, "  architecture: {growth: 8, blocks: [1]}", "5:17", "'grid.architecture' lacks 'name'",
       "add: name: small"},
      {5, "  architecture: [{name: a}]", "5:18", "'grid.architecture' lacks 'blocks'",
       "add: blocks: [3, 3, 3]"},
  };
  for (const Mistake& mistake : mistakes) check(mistake);
}

TEST_CASE("duplicate keys and duplicate values are named with both places") {
  const std::vector<Mistake> mistakes = {
      {8, "  epochs: 6\n  epochs: 7", "9:3", "'epochs' is given twice, first at line 8, column 3",
       "keep one of the two"},
      {10, "name: u", "10:1", "'name' is given twice, first at line 1, column 1",
       "keep one of the two"},
      {8, "  augment.flip: true\n  augment: {flip: false}", "9:13",
       "'augment.flip' is given twice, first at line 8, column 3", "keep one of the two"},
      {4, "  resolution: [64, 96, 64]", "4:24",
       "'grid.resolution' has this value twice, first at line 4, column 16",
       "each value makes a run of its own: remove one"},
      {6, "  seed: [1, 1]", "6:13", "'grid.seed' has this value twice, first at line 6, column 10",
       "each value makes a run of its own: remove one"},
      {5, "  architecture: [densenet121, densenet121]", "5:31",
       "'grid.architecture' has this value twice, first at line 5, column 18",
       "each value makes a run of its own: remove one"},
      {6, "  seed: 1\n  dropout: [1.0e-1, 0.3, 0.1]", "7:26",
       "'grid.dropout' has this value twice, first at line 7, column 13",
       "each value makes a run of its own: remove one"},
      {6, "  seed: 1\n  dropout: [-0.0, 0]", "7:19",
       "'grid.dropout' has this value twice, first at line 7, column 13",
       "each value makes a run of its own: remove one"},
      {6, "  seed: 1\n  epochs: [2, 3]", "9:3",
       "'epochs' is fixed here and an axis at line 7, column 3", "keep one of the two"},
      {2, "data: {chexpert: /d, negatives: [A, A]}", "2:37", "'A' is given twice", ""},
      {9, "resources: {gpus: [0, 0]}", "9:23", "GPU 0 is given twice",
       "several runs on one GPU: 'runs_per_gpu'"},
  };
  for (const Mistake& mistake : mistakes) check(mistake);
}

TEST_CASE("values of the wrong type are refused as written, never converted") {
  const std::vector<Mistake> mistakes = {
      {1, "name: 5", "1:7", "'name' takes a text, not 5", "in quotes: \"5\""},
      {1, "name:", "1:1", "'name' takes a text, not nothing", ""},
      {1, "name: \"\"", "1:7", "'name' must not be empty", ""},
      {2, "data: here", "2:7", "'data' takes a mapping of keys, not \"here\"", ""},
      {4, "  resolution: [64.0]", "4:16",
       "'grid.resolution' takes a whole number from 8 to 4096, not 64.0", ""},
      {4, "  resolution: [\"64\"]", "4:16",
       "'grid.resolution' takes a whole number from 8 to 4096, not \"64\"", "without quotes: 64"},
      {4, "  resolution: {px: 64}", "4:15",
       "'grid.resolution' takes a whole number from 8 to 4096, not a mapping", ""},
      {4, "  resolution: [[64]]", "4:16",
       "'grid.resolution' takes a whole number from 8 to 4096, not a list", ""},
      {6, "  seed: [1, ]\n  epochs: [~]", "7:11",
       "'epochs' takes a whole number from 0 to 1000000, not nothing", ""},
      {8, "  epochs: [6]", "8:11", "'epochs' takes a whole number from 0 to 1000000, not a list",
       "to try several values, put the list below 'grid:'"},
      {8, "  epochs: 2.5", "8:11", "'epochs' takes a whole number from 0 to 1000000, not 2.5", ""},
      {8, "  epochs: \"6\"", "8:11", "'epochs' takes a whole number from 0 to 1000000, not \"6\"",
       "without quotes: 6"},
      {8, "  drop_last: yes", "8:14", "'drop_last' takes true or false, not \"yes\"", "write true"},
      {8, "  drop_last: Off", "8:14", "'drop_last' takes true or false, not \"Off\"",
       "write false"},
      {8, "  drop_last: 1", "8:14", "'drop_last' takes true or false, not 1", ""},
      {8, "  dropout: [0.1]", "8:12", "'dropout' takes a number from 0 to 0.99, not a list",
       "to try several values, put the list below 'grid:'"},
      {8, "  dropout: 0,1", "8:12", "'dropout' takes a number from 0 to 0.99, not \"0,1\"", ""},
      {8, "  augment: none", "8:12", "'train.augment' takes a mapping of keys, not \"none\"", ""},
      {8, "  augment.pad_mode: zero", "8:21",
       "'augment.pad_mode' takes one of zeros, reflection, border, not \"zero\"",
       "did you mean 'zeros'?"},
      {8, "  precision: f16", "8:14", "'precision' takes one of fp32, tf32, bf16, not \"f16\"",
       "did you mean 'bf16'?"},
      {9, "resources: {gpus: 0.5}", "9:19", "'resources.gpus' takes all, indices or UUIDs, not 0.5",
       "`nvidia-smi -L` lists both; a machine without GPUs needs 'cpu_slots' only"},
      {10, "retry: {backoff_s: soon}", "10:20",
       "'retry.backoff_s' takes a number from 0 to 86400, not \"soon\"", ""},
  };
  for (const Mistake& mistake : mistakes) check(mistake);
}

TEST_CASE("impossible values are refused with what is possible") {
  const std::vector<Mistake> mistakes = {
      {1, "name: ../t", "1:7", "'../t' cannot name a sweep",
       "1 to 64 of A-Z, a-z, 0-9, '.', '_' and '-', the first one a letter or digit"},
      {1, "name: " + std::string(65, 'x'), "1:7",
       "'" + std::string(65, 'x') + "' cannot name a sweep",
       "1 to 64 of A-Z, a-z, 0-9, '.', '_' and '-', the first one a letter or digit"},
      {2, "data: {chexpert: /d, uncertain: postive}", "2:33",
       "'data.uncertain' takes one of positive, negative, drop, not \"postive\"",
       "did you mean 'positive'?"},
      {2, "data: {chexpert: /d, target: A, negatives: [A]}", "2:45",
       "'A' is the target and cannot be its own negative", ""},
      {2, "data: {synthetic: {studies: 0}}", "2:29",
       "'data.synthetic.studies' takes a whole number from 1 to 10000000, not 0", ""},
      {4, "  resolution: [4097]", "4:16",
       "'grid.resolution' takes a whole number from 8 to 4096, not 4097", ""},
      {4, "  resolution: [64, 28]", "4:20",
       "28 px leaves densenet121 no feature map: it halves the side 5 times", "use at least 29 px"},
      {5, "  architecture: [densnet121]", "5:18",
       "'grid.architecture' takes one of densenet121, densenet161, densenet169, densenet201, not "
       "\"densnet121\"",
       "did you mean 'densenet121'?"},
      {5, "  architecture: {name: Big, blocks: [1]}", "5:24", "'Big' cannot name an architecture",
       "1 to 32 of a-z, 0-9, '_' and '.', the first one a letter or digit"},
      {5, "  architecture: {name: densenet121, blocks: [1]}", "5:24",
       "'densenet121' is one of torchvision's architectures",
       "give your own another name, or write just: densenet121"},
      {5, "  architecture: {name: a, blocks: []}", "5:35",
       "'grid.architecture.blocks' takes a list of 1 to 8 whole numbers",
       "the dense layers of each block, such as [3, 3, 3]"},
      {5, "  architecture: {name: a, blocks: [0]}", "5:36",
       "'grid.architecture.blocks' takes a whole number from 1 to 256, not 0", ""},
      {6, "  seed: [9007199254740993]", "6:10",
       "'grid.seed' takes a whole number from 0 to 9007199254740992, not 9007199254740993", ""},
      {6, "  seed: [-1]", "6:10",
       "'grid.seed' takes a whole number from 0 to 9007199254740992, not -1", ""},
      {6, "  seed: [99999999999999999999]", "6:10",
       "'grid.seed' takes a whole number from 0 to 9007199254740992, not 99999999999999999999", ""},
      {6, "  seed: 1\n  pretrained: [none, none]", "7:22",
       "'grid.pretrained' starts densenet121 from 'none' twice, first at line 7, column 16",
       "each value makes runs of its own: name a file of another name for each architecture"},
      {6, "  seed: 1\n  pretrained: [x/w.safetensors, {densenet121: y/w.safetensors}]", "7:33",
       "'grid.pretrained' starts densenet121 from 'w' twice, first at line 7, column 16",
       "each value makes runs of its own: name a file of another name for each architecture"},
      {6, "  seed: 1\n  pretrained: [none, {densenet161: w}]", "7:23",
       "weights for 'densenet161', which is not in the grid", "did you mean 'densenet121'?"},
      {8, "  dropout: 1.5", "8:12", "'dropout' takes a number from 0 to 0.99, not 1.5", ""},
      {8, "  base_lr: 1e999", "8:12", "'base_lr' takes a number from 1e-12 to 1000, not \"1e999\"",
       ""},
      {8, "  epochs: 0\n  frozen_epochs: 0", "8:3",
       "with no frozen and no other epoch there is nothing to train",
       "set 'epochs' or 'frozen_epochs' to 1 or more"},
      {8, "  pretrained: {densenet161: w}", "8:16",
       "weights for 'densenet161', which is not in the grid", "did you mean 'densenet121'?"},
      {9, "resources: {gpus_per_run: 0}", "9:27",
       "'resources.gpus_per_run' takes a whole number from 1 to 64, not 0", ""},
      {9, "resources: {gpus_per_run: 31}", "9:27", "31 GPUs share batches of 30 studies",
       "at most as many GPUs as 'studies_per_batch'"},
      {9, "resources: {gpus_per_run: 2, runs_per_gpu: 2}", "9:27",
       "runs of several GPUs each and several runs on each GPU",
       "remove one of 'gpus_per_run' and 'runs_per_gpu'"},
      {9, "resources: {cuda_graphs: yes}", "9:26",
       "'resources.cuda_graphs' takes true or false, not \"yes\"", "write true"},
      {9, "resources: {gpus_per_run: 2, cuda_graphs: true}", "9:43",
       "'cuda_graphs' is for runs on one GPU", "remove one of 'cuda_graphs' and 'gpus_per_run'"},
      {6, "  seed: 1\n  gpus_per_run: [1, 2]\nresources: {cuda_graphs: true}", "8:26",
       "'cuda_graphs' is for runs on one GPU", "remove one of 'cuda_graphs' and 'gpus_per_run'"},
      {6, "  seed: 1\n  gpus_per_run: [1, 0]", "7:21",
       "'grid.gpus_per_run' takes a whole number from 1 to 64, not 0", ""},
      {6, "  seed: 1\n  gpus_per_run: [2, 2]", "7:21",
       "'grid.gpus_per_run' has this value twice, first at line 7, column 18",
       "each value makes a run of its own: remove one"},
      {6, "  seed: 1\n  gpus_per_run: [1, 31, 2]", "7:21", "31 GPUs share batches of 30 studies",
       "at most as many GPUs as 'studies_per_batch'"},
      {6, "  seed: 1\n  gpus_per_run: [1, 2]\nresources: {gpus_per_run: 2}", "8:13",
       "'gpus_per_run' is fixed here and an axis at line 7, column 3", "keep one of the two"},
      {6, "  seed: 1\n  gpus_per_run: [1, 2]\nslurm: {gpus: 2}", "8:15",
       "every run asks for 2 GPUs and trains on as many as 'grid: gpus_per_run' says",
       "remove 'gpus': a run asks for those it trains on; 0 here trains on the processors"},
      {9, "resources: {runs_per_gpu: 0}", "9:27",
       "'resources.runs_per_gpu' takes a whole number from 1 to 1024, not 0", ""},
      {9, "resources: {gpus: []}", "9:19",
       "'resources.gpus' is an empty list: give it at least one value", ""},
      {10, "retry: {time_limit_h: 0}", "10:23",
       "'retry.time_limit_h' takes a number from 0.001 to 8760, not 0", ""},
      {10, "retry: {max_attempts: 101}", "10:23",
       "'retry.max_attempts' takes a whole number from 1 to 100, not 101", ""},
  };
  for (const Mistake& mistake : mistakes) check(mistake);
}

TEST_CASE("an empty axis is refused") {
  for (const std::string key : {"resolution", "architecture", "seed", "dropout"}) {
    const std::size_t line = key == "resolution" ? 4 : key == "architecture" ? 5 : 6;
    const std::string text = (key == "dropout" ? "  seed: 1\n  " : "  ") + key;
    const std::string at = std::to_string(key == "dropout" ? 7 : line);
    const auto column = std::to_string(key.size() + 5);
    check({line, text + ": []", at + ":" + column,
           "'grid." + key + "' is an empty list: give it at least one value", ""});
    check({line, text + ":", at + ":3", "'grid." + key + "' has no value", ""});
  }
}

TEST_CASE("one weights file for several architectures is refused") {
  std::string two = with_line(8, "  pretrained: w.safetensors");
  two.replace(two.find("[densenet121]"), 13, "[densenet121, densenet161]");
  const std::string said = complaint(two);
  CHECK(said.find("t.yaml:8:15: one weights file cannot serve several architectures") !=
        std::string::npos);
  CHECK(said.find("name each one's file: {densenet121: w.safetensors, ...}") != std::string::npos);
}

TEST_CASE("a grid beyond reason is refused before it is expanded") {
  std::string seeds = "  seed: [0", rates = "  base_lr: [0.5";
  for (int i = 1; i < 501; ++i) seeds += ", " + std::to_string(i);
  for (int i = 1; i < 100; ++i) rates += ", " + std::to_string(i);
  const std::string text = with_line(6, seeds + "]\n" + rates + "]");  // x 2 resolutions
  CHECK(complaint(text).find("more than 100000 runs") != std::string::npos);
}

TEST_CASE("all problems of a file are told at once, in the order of the file") {
  std::string text = with_line(8, "  epoch: 6\n  dropout: 7");
  text.replace(text.find("[64, 96]"), 8, "[]");
  const std::string said = complaint(text);
  const std::size_t first = said.find("t.yaml:4:15:");
  const std::size_t second = said.find("t.yaml:8:3:");
  const std::size_t third = said.find("t.yaml:9:12:");
  CHECK(said.find("3 problems") != std::string::npos);
  CHECK(first < second);
  CHECK(second < third);
  CHECK(third != std::string::npos);
}

TEST_CASE("prune takes exactly one rule, a mapping with keys of its own") {
  const std::vector<Mistake> mistakes = {
      {10, "prune: {median: {}, asha: {}}", "10:21", "'prune' has both 'median' and 'asha'",
       "keep one of the two"},
      {10, "prune: {}", "10:1", "'prune' says neither 'median' nor 'asha'",
       "add: median: {}, or leave 'prune' out: then every run goes to its end"},
      {10, "prune: {mediam: {}}", "10:9", "'mediam' is not a key of 'prune'",
       "did you mean 'median'?"},
      {10, "prune: median", "10:8", "'prune' takes a mapping of keys, not \"median\"", ""},
      {10, "prune: {median: {min_epochs: 1}}", "10:18",
       "'min_epochs' is not a key of 'prune.median'", ""},
      {10, "prune: {asha: {reduction: 1}}", "10:27",
       "'prune.asha.reduction' takes a whole number from 2 to 1000, not 1", ""},
      {10, "prune: {median: {min_runs: 0}}", "10:28",
       "'prune.median.min_runs' takes a whole number from 1 to 1000000, not 0", ""},
  };
  for (const Mistake& mistake : mistakes) check(mistake);
}
