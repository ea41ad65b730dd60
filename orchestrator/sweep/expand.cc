#include "orchestrator/sweep/expand.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/hash.h"
#include "orchestrator/sweep/expand_own.h"
#include "orchestrator/sweep/memory.h"
#include "orchestrator/sweep/run_name.h"

namespace radsweep::orchestrator {
namespace {

using nlohmann::json;

struct Weights {
  std::string file;  // absolute
  std::string sha256;
};

std::map<std::string, Weights> read_weights(const WeightsFiles& files) {
  std::map<std::string, Weights> weights;
  for (const auto& [architecture, file] : files) {
    const auto path = std::filesystem::absolute(file).lexically_normal();
    if (!std::filesystem::is_regular_file(path)) {
      throw Error(ExitCode::environment, "read the weights of " + architecture + " from",
                  path.string(), "there is no such file",
                  "README.md shows how to make it from torchvision's, or remove 'pretrained' to "
                  "start at random");
    }
    weights[architecture] = {path.string(), sha256_of_file(path)};
  }
  return weights;
}

// One value of the axis `pretrained`, or what all runs start from when it is none.
struct Start {
  WeightsFiles files;
  std::map<std::string, Weights> weights;  // by architecture
  bool is_axis = false;

  AxisValues label(const std::string& architecture) const {
    if (!is_axis) return {};
    return {{"pretrained", start_label(files, architecture)}};
  }
};

std::vector<Start> read_starts(const Sweep& sweep) {
  if (sweep.grid.pretrained.empty()) {
    return {{sweep.pretrained, read_weights(sweep.pretrained), false}};
  }
  std::vector<Start> starts;
  for (const WeightsFiles& files : sweep.grid.pretrained) {
    starts.push_back({files, read_weights(files), true});
  }
  return starts;
}

// How many processes train a run together.
struct Ranks {
  int count = 1;
  bool is_axis = false;
};

std::vector<Ranks> ranks_of(const Sweep& sweep) {
  if (sweep.grid.gpus_per_run.empty()) return {{sweep.resources.gpus_per_run, false}};
  std::vector<Ranks> all;
  for (const int count : sweep.grid.gpus_per_run) all.push_back({count, true});
  return all;
}

// Every combination of the extra axes, the last one turning fastest.
std::vector<AxisValues> combinations(const std::vector<ExtraAxis>& axes) {
  std::vector<AxisValues> all = {{}};
  for (const ExtraAxis& axis : axes) {
    std::vector<AxisValues> longer;
    for (const AxisValues& start : all) {
      for (const json& value : axis.values) {
        longer.push_back(start);
        longer.back().emplace_back(axis.key, value);
      }
    }
    all = std::move(longer);
  }
  return all;
}

attempt::Recipe recipe_of(const Sweep& sweep, const AxisValues& values) {
  attempt::Recipe recipe = sweep.recipe;
  for (const auto& [name, value] : values) {
    const attempt::RecipeKey* key = attempt::find_recipe_key(name);
    ensure(key != nullptr, "an axis names a recipe key");
    ensure(!attempt::set_recipe_value(recipe, *key, value), "an axis' values were checked");
  }
  return recipe;
}

// A training step costs 3 forward passes: forward, gradients of inputs, gradients of weights. A
// frozen epoch leaves out the last.
double cost_of(const attempt::Spec& spec, long train_images) {
  const double epochs = spec.recipe.epochs + spec.recipe.frozen_epochs * (2.0 / 3.0);
  return 3 * epochs * static_cast<double>(train_images) *
         attempt::multiply_adds(spec.architecture, spec.resolution, spec.recipe.hidden_features);
}

// The canonical configuration with the names a person looks for.
std::string readable_config(const std::string& canonical, const attempt::Spec& spec) {
  json config = json::parse(canonical);
  config["architecture"]["name"] = spec.architecture.name;
  config["data"] = {{"manifest", spec.data.manifest},
                    {"target", spec.data.labels.target},
                    {"uncertain", spec.data.labels.uncertain},
                    {"negatives", spec.data.labels.negatives}};
  config["pretrained"] = nullptr;
  if (!spec.pretrained.empty()) {
    const std::string file = std::filesystem::path(spec.pretrained).filename().string();
    config["pretrained"] = {{"file", file}, {"sha256", spec.pretrained_sha256}};
  }
  return config.dump();
}

PlannedRun plan_run(attempt::Spec spec, const AxisValues& values, int gpus, const DataFacts& data) {
  const auto seed = static_cast<std::int64_t>(spec.seed);
  spec.run = run_name(spec.resolution, spec.architecture.name, seed, values);
  const std::string canonical = attempt::canonical_configuration(spec);
  spec.identity = sha256_hex(canonical);
  PlannedRun run;
  run.row.name = spec.run;
  run.row.identity = spec.identity;
  run.row.resolution = spec.resolution;
  run.row.architecture = spec.architecture.name;
  run.row.variant = variant_of(values);
  run.row.seed = seed;
  run.row.config = readable_config(canonical, spec);
  run.row.cost = cost_of(spec, data.train_images);
  run.row.gpus = gpus;
  run.memory_bytes = predicted_memory_bytes(spec);
  run.spec = std::move(spec);
  return run;
}

void refuse_equal_runs(const Sweep& sweep, const std::vector<PlannedRun>& runs) {
  std::map<std::string, const PlannedRun*> names, identities;
  for (const PlannedRun& run : runs) {
    const auto [same, is_new] = identities.emplace(run.row.identity, &run);
    if (!is_new) {
      const std::string one = same->second->row.architecture, other = run.row.architecture;
      const bool twins = one != other;  // else two files hold the same weights
      throw Error(ExitCode::usage, "expand the grid of", sweep.file,
                  "'" + same->second->row.name + "' and '" + run.row.name +
                      "' are the same training: only the name of the " +
                      (twins ? "architecture" : "weights file") + " differs",
                  twins ? "remove one of '" + one + "' and '" + other + "' below grid: architecture"
                        : "remove one of the files below grid: pretrained");
    }
    ensure(names.emplace(run.row.name, &run).second, "two runs of a grid have one name");
  }
}

// The last incomplete batch is dropped, so too few studies train nothing at all.
void refuse_no_batch(const Sweep& sweep, const std::vector<PlannedRun>& runs,
                     const DataFacts& data) {
  for (const PlannedRun& run : runs) {
    const attempt::Recipe& recipe = run.spec.recipe;
    if (!recipe.drop_last || recipe.studies_per_batch <= data.train_studies) continue;
    throw Error(ExitCode::usage, "expand the grid of", sweep.file,
                "'" + run.row.name + "' needs " + std::to_string(recipe.studies_per_batch) +
                    " studies for a batch and the data has " + std::to_string(data.train_studies),
                "a smaller studies_per_batch, or drop_last: false");
  }
}

}  // namespace

std::vector<PlannedRun> expand(const Sweep& sweep, const DataFacts& data) {
  if (sweep.trainer) return expand_own(sweep, combinations(sweep.grid.extra));
  const std::vector<Start> starts = read_starts(sweep);
  attempt::Spec spec;
  spec.sweep = sweep.name;
  spec.data = data.source;
  spec.cuda_graphs = sweep.resources.cuda_graphs;
  std::vector<PlannedRun> runs;
  for (const int resolution : sweep.grid.resolutions) {
    spec.resolution = resolution;
    for (const auto& architecture : sweep.grid.architectures) {
      spec.architecture = architecture;
      for (const Start& start : starts) {
        const auto weights = start.weights.find(architecture.name);
        const Weights initial = weights == start.weights.end() ? Weights{} : weights->second;
        spec.pretrained = initial.file;
        spec.pretrained_sha256 = initial.sha256;
        for (const AxisValues& values : combinations(sweep.grid.extra)) {
          spec.recipe = recipe_of(sweep, values);
          AxisValues named = start.label(architecture.name);
          named.insert(named.end(), values.begin(), values.end());
          for (const Ranks& ranks : ranks_of(sweep)) {
            spec.gpus_per_run = ranks.is_axis ? ranks.count : 0;
            AxisValues all = named;
            if (ranks.is_axis) all.emplace_back("gpus_per_run", ranks.count);
            for (const std::int64_t seed : sweep.grid.seeds) {
              spec.seed = static_cast<std::uint64_t>(seed);
              runs.push_back(plan_run(spec, all, ranks.count, data));
            }
          }
        }
      }
    }
  }
  refuse_equal_runs(sweep, runs);
  refuse_no_batch(sweep, runs, data);
  std::ranges::stable_sort(
      runs, [](const PlannedRun& a, const PlannedRun& b) { return a.row.cost > b.row.cost; });
  return runs;
}

}  // namespace radsweep::orchestrator
