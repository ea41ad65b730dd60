// A sweep as its file describes it, checked and with every default filled in.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/sweep/prune_rule.h"
#include "orchestrator/sweep/slurm_settings.h"
#include "worker/attempt/architecture.h"
#include "worker/attempt/recipe.h"
#include "worker/attempt/spec.h"

namespace radsweep::orchestrator {

// `data: synthetic:` a generated CheXpert-shaped data set instead of a real one.
struct SyntheticData {
  int studies = 1000;  // training studies
  int valid = 200;     // validation studies
  int image_px = 96;   // side length of the generated JPEG files
  std::int64_t seed = 1;
  bool operator==(const SyntheticData&) const = default;
};

struct DataConfig {
  std::string chexpert;  // folder; empty with synthetic
  std::optional<SyntheticData> synthetic;
  attempt::LabelPolicy labels;
  std::string cache;  // folder; empty: chosen beside the store
};

// A `train:` key with several values. Resolution, architecture and seed are axes of their own.
struct ExtraAxis {
  std::string key;                     // a recipe key, dotted
  std::vector<nlohmann::json> values;  // checked against the key
};

// Initial weights: architecture name -> safetensors file. Who is not named starts at random.
using WeightsFiles = std::map<std::string, std::string>;

struct Grid {
  std::vector<int> resolutions;  // px
  std::vector<attempt::Architecture> architectures;
  std::vector<std::int64_t> seeds;
  std::vector<ExtraAxis> extra;          // in file order
  std::vector<WeightsFiles> pretrained;  // an axis when not empty; then Sweep::pretrained is
  std::vector<int> gpus_per_run;         // the same; then Resources has the most of them
};

// `worker:` and `objective:`: a program of the user's trains.
struct OwnTrainer {
  std::vector<std::string> command;  // argv; {axis} stands for the run's value of that axis
  std::string metric;                // decides which epoch and which cell is the best
  std::string mode;                  // max | min
};

struct Resources {
  std::vector<std::string> gpus;  // UUIDs or indices as written; empty: all
  int runs_per_gpu = 1;
  int gpus_per_run = 1;          // at most
  bool gpus_vary = false;        // some runs take less
  std::optional<int> cpu_slots;  // workers on a machine without GPUs; nothing: chosen
  bool cuda_graphs = false;
};

struct RetryRule {
  int max_attempts = 3;                     // failures until a run counts as failed
  double backoff_s = 30;                    // before the first retry; four times longer each time
  std::optional<double> time_limit_h = {};  // of one attempt; nothing: as long as it advances
};

struct Sweep {
  std::string name;
  std::string file;  // path as given, for messages
  std::string text;  // the file itself
  DataConfig data;
  Grid grid;
  attempt::Recipe recipe;  // base values; axes override them
  WeightsFiles pretrained;
  std::optional<OwnTrainer> trainer;  // then grid.extra has all axes, of any name and type
  Resources resources;
  RetryRule retry;
  std::optional<PruneRule> prune;  // nothing: every run goes to its end
  SlurmSettings slurm;             // for `run --executor slurm`
};

}  // namespace radsweep::orchestrator
