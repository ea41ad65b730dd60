#include "orchestrator/sweep/sweep_keys.h"

#include "base/error.h"
#include "orchestrator/sweep/sweep.h"

namespace radsweep::orchestrator {
namespace {

using Kind = SweepKey::Kind;

constexpr double kLargestSeed = 1LL << 53;  // exact in every JSON and SQL tool
constexpr double kMostStudies = 10'000'000;
constexpr double kSmallestPx = 8, kLargestPx = 4096;
constexpr double kMostSlots = 1024;
constexpr double kMostEpochs = 1'000'000, kMostReduction = 1000;
constexpr double kMostRuns = 100'000;
constexpr double kLeastPause_s = 0.05;       // for trials
constexpr double kLeastTimeLimit_h = 0.001;  // for trials; 0 would end every attempt at once

SweepKey text(std::string name, std::string help) {
  return {.name = std::move(name), .help = std::move(help)};
}

SweepKey section(std::string name, std::string help) {
  return {.name = std::move(name), .help = std::move(help), .kind = Kind::section};
}

SweepKey own_form(std::string name, std::string help) {
  return {.name = std::move(name), .help = std::move(help), .kind = Kind::own_form};
}

SweepKey whole(std::string name, std::string help, double minimum, double maximum) {
  return {.name = std::move(name),
          .help = std::move(help),
          .kind = Kind::whole,
          .minimum = minimum,
          .maximum = maximum};
}

SweepKey number(std::string name, std::string help, double minimum, double maximum) {
  SweepKey key = whole(std::move(name), std::move(help), minimum, maximum);
  key.kind = Kind::number;
  return key;
}

SweepKey choice(std::string name, std::string help, std::vector<std::string> choices) {
  return {.name = std::move(name),
          .help = std::move(help),
          .kind = Kind::choice,
          .choices = std::move(choices)};
}

SweepKey truth(std::string name, std::string help) {
  return {.name = std::move(name), .help = std::move(help), .kind = Kind::truth};
}

SweepKey axis(SweepKey key) {
  key.count = SweepKey::Count::axis;
  return key;
}

SweepKey required(SweepKey key) {
  key.need = SweepKey::Need::required;
  return key;
}

SweepKey otherwise(SweepKey key, nlohmann::json standard) {
  key.standard = std::move(standard);
  return key;
}

void add_data(std::vector<SweepKey>& keys) {
  const SyntheticData synthetic;
  const attempt::LabelPolicy labels;
  keys.insert(
      keys.end(),
      {required(section("data", "where the images and labels are, and what counts as positive")),
       text("data.chexpert", "folder with CheXpert's train.csv, valid.csv and the images"),
       section("data.synthetic", "a generated data set of CheXpert's shape instead"),
       otherwise(whole("data.synthetic.studies", "training studies", 1, kMostStudies),
                 synthetic.studies),
       otherwise(whole("data.synthetic.valid", "validation studies", 1, kMostStudies),
                 synthetic.valid),
       otherwise(whole("data.synthetic.image_px", "side length of the generated images, pixels",
                       kSmallestPx, kLargestPx),
                 synthetic.image_px),
       otherwise(whole("data.synthetic.seed", "of all that is drawn", 0, kLargestSeed),
                 synthetic.seed),
       otherwise(text("data.target", "the finding that is looked for, a column of train.csv"),
                 labels.target),
       otherwise(choice("data.uncertain", "what a label of -1 counts as (paper: positive)",
                        {"positive", "negative", "drop"}),
                 labels.uncertain),
       otherwise(own_form("data.negatives", "findings whose presence makes a study negative"),
                 labels.negatives),
       text("data.cache", "folder of the prepared images (default: beside the store)")});
}

void add_grid(std::vector<SweepKey>& keys) {
  const attempt::Architecture own;
  keys.insert(
      keys.end(),
      {required(section("grid",
                        "the axes: one run for every combination of their values. Any key "
                        "of train: may be one more")),
       required(axis(whole("grid.resolution", "side length of the training images, pixels",
                           kSmallestPx, kLargestPx))),
       required(own_form("grid.architecture", "networks: torchvision's by name, or your own")),
       required(own_form("grid.architecture.name", "what runs call it")),
       required(own_form("grid.architecture.blocks", "dense layers of each block")),
       otherwise(whole("grid.architecture.growth", "channels every dense layer adds", 1, 1024),
                 own.growth),
       otherwise(whole("grid.architecture.init_features", "channels after the stem", 1, 4096),
                 own.init_features),
       otherwise(whole("grid.architecture.bn_size", "bottleneck width in units of growth", 1, 64),
                 own.bn_size),
       required(axis(whole("grid.seed", "of data order, augmentation and head", 0, kLargestSeed))),
       own_form("grid.pretrained", "initial weights as an axis; none starts at random"),
       axis(whole("grid.gpus_per_run", "GPUs that train one run together, as an axis", 1,
                  attempt::kMostRanks))});
}

void add_rest(std::vector<SweepKey>& keys) {
  const Resources resources;
  const RetryRule retry;
  keys.insert(
      keys.end(),
      {section("train", "the recipe; what is not named has the paper's value"),
       own_form("train.pretrained",
                "safetensors file of the initial weights, one for each architecture (without: "
                "random)"),
       section("resources", "what the runs may use"),
       otherwise(own_form("resources.gpus", "all, indices, or UUIDs as nvidia-smi -L prints them"),
                 "all"),
       otherwise(whole("resources.runs_per_gpu", "runs at a time on one GPU", 1, kMostSlots),
                 resources.runs_per_gpu),
       otherwise(whole("resources.gpus_per_run",
                       "GPUs that train one run together, one process each; without GPUs processes",
                       1, attempt::kMostRanks),
                 resources.gpus_per_run),
       whole("resources.cpu_slots",
             "runs at a time on a machine without GPUs, of those of the largest gpus_per_run "
             "(default: chosen)",
             1, kMostSlots),
       otherwise(
           truth("resources.cuda_graphs",
                 "give a GPU the passes of a step as a whole, for small images on a fast GPU"),
           resources.cuda_graphs),
       section("retry", "what to do when a run fails"),
       otherwise(whole("retry.max_attempts", "failures until a run counts as failed", 1, 100),
                 retry.max_attempts),
       otherwise(number("retry.backoff_s",
                        "seconds before the first retry, four times longer each time", 0, 86'400),
                 retry.backoff_s),
       number("retry.time_limit_h", "hours after which an attempt is stopped and counts as failed",
              kLeastTimeLimit_h, 24 * 365)});
}

void add_own_trainer(std::vector<SweepKey>& keys) {
  keys.insert(
      keys.end(),
      {section("worker", "a program of your own that trains, instead of radsweep's"),
       required(own_form("worker.command",
                         "the program and its arguments; {axis} stands for the run's value")),
       section("objective", "what the program's epochs and the grid's cells are judged by"),
       required(text("objective.metric", "the name the program reports it by")),
       required(choice("objective.mode", "which value of it is the best", {"max", "min"}))});
}

void add_prune(std::vector<SweepKey>& keys) {
  const MedianRule median;
  const AshaRule asha;
  keys.insert(
      keys.end(),
      {section("prune", "which unpromising runs are stopped early (default: none)"),
       section("prune.median", "those below the median of the others at the same epoch"),
       otherwise(
           whole("prune.median.warmup_epochs", "first epochs that are not judged", 0, kMostEpochs),
           median.warmup_epochs),
       otherwise(
           whole("prune.median.min_runs", "other runs that must have got as far", 1, kMostEpochs),
           median.min_runs),
       section("prune.asha", "those not in the best part of who got as far, at a few epochs"),
       otherwise(
           whole("prune.asha.min_epochs", "epochs until runs are compared first", 1, kMostEpochs),
           asha.min_epochs),
       otherwise(whole("prune.asha.reduction", "1 of so many goes on, for so many times the epochs",
                       2, kMostReduction),
                 asha.reduction)});
}

void add_slurm(std::vector<SweepKey>& keys) {
  const SlurmSettings slurm;
  keys.insert(
      keys.end(),
      {section("slurm", "what every run asks a cluster for (run --executor slurm)"),
       text("slurm.partition", "queue that the runs wait in (default: the cluster's)"),
       own_form(
           "slurm.time",
           "longest time of one attempt, minutes or \"12:00:00\"; a run that needs longer goes "
           "on in another one"),
       whole("slurm.gpus", "GPUs of one run; 0: the processors (default: resources.gpus_per_run)",
             0, attempt::kMostRanks),
       whole("slurm.cpus", "processors of one run", 1, kMostSlots),
       own_form("slurm.memory", "main memory of one run, megabytes or 32G"),
       whole("slurm.throttle", "runs at a time (default: as many as the cluster allows)", 1,
             kMostRuns),
       own_form("slurm.extra", "further options of sbatch, as in [\"--account=physics\"]"),
       own_form("slurm.setup",
                "lines of the batch script before the run, as in [module load cuda]"),
       otherwise(number("slurm.sbatch_timeout_s", "seconds that Slurm may take for an answer",
                        kLeastPause_s, 3600),
                 slurm.sbatch_timeout_s),
       otherwise(number("slurm.poll_s", "seconds between two looks at Slurm's queue", kLeastPause_s,
                        3600),
                 slurm.poll_s)});
}

std::vector<SweepKey> make_keys() {
  std::vector<SweepKey> keys = {
      required(own_form("name", "of the sweep; its results are in runs/NAME"))};
  add_data(keys);
  add_grid(keys);
  add_own_trainer(keys);
  add_rest(keys);
  add_prune(keys);
  add_slurm(keys);
  return keys;
}

}  // namespace

const std::vector<SweepKey>& sweep_keys() {
  static const std::vector<SweepKey> kKeys = make_keys();
  return kKeys;
}

const SweepKey* find_sweep_key(const std::string& name) {
  for (const SweepKey& key : sweep_keys()) {
    if (key.name == name) return &key;
  }
  return nullptr;
}

const SweepKey& sweep_key(const std::string& name) {
  const SweepKey* key = find_sweep_key(name);
  ensure(key != nullptr, ("a key of sweep files that the table lacks: " + name).c_str());
  return *key;
}

}  // namespace radsweep::orchestrator
