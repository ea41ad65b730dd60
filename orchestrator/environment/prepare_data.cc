#include "orchestrator/environment/prepare_data.h"

#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/cpu_list.h"
#include "base/error.h"
#include "orchestrator/environment/cache_manifest.h"
#include "orchestrator/environment/child_process.h"

namespace radsweep::orchestrator {
namespace fs = std::filesystem;
namespace {

using Arguments = std::vector<std::string>;

// What `data synth` draws on average: 95 % of its studies are usable, and those have 1.2 views.
constexpr double kUsableSynthetic = 0.95;
constexpr double kViewsPerSyntheticStudy = 1.2;

void tell(const std::string& line) {
  std::fprintf(stderr, "%s\n", line.c_str());
}

fs::path parent_of(const Store& store) {
  const fs::path root = fs::absolute(store.root()).lexically_normal();
  return root.has_filename() ? root.parent_path() : root.parent_path().parent_path();  // "runs/x/"
}

// The folder of the images: as the sweep names it, or where generated data goes.
fs::path data_root(const DataConfig& data, const Store& store) {
  if (!data.synthetic) return fs::absolute(data.chexpert).lexically_normal();
  const SyntheticData& synthetic = *data.synthetic;
  return parent_of(store) / ".data" /
         ("synthetic-" + std::to_string(synthetic.studies) + "-" + std::to_string(synthetic.valid) +
          "-" + std::to_string(synthetic.image_px) + "px-s" + std::to_string(synthetic.seed));
}

fs::path cache_folder(const DataConfig& data, const Store& store, const std::string& manifest) {
  if (!data.cache.empty()) return fs::absolute(data.cache).lexically_normal();
  return parent_of(store) / ".cache" / manifest.substr(0, 16);
}

bool has_data(const fs::path& root) {
  return fs::exists(root / "train.csv") && fs::exists(root / "valid.csv");
}

void run_worker(const Arguments& arguments, const std::string& doing, const fs::path& on) {
  const ChildEnd end = run_child(worker_program(), arguments);
  if (end.exit_code == static_cast<int>(ExitCode::stopped)) {
    throw Error(ExitCode::stopped, doing, on.string(), "radsweep-worker was asked to stop",
                "run the same command again to continue");
  }
  if (!end.succeeded()) {
    throw Error(ExitCode::environment, doing, on.string(),
                "radsweep-worker ended with " + describe(end), "see its messages above");
  }
}

Arguments label_arguments(const attempt::LabelPolicy& labels) {
  Arguments arguments{"--target", labels.target, "--uncertain", labels.uncertain};
  for (const std::string& negative : labels.negatives) {
    arguments.insert(arguments.end(), {"--negative", negative});
  }
  if (labels.negatives.empty()) arguments.insert(arguments.end(), {"--negative", ""});  // none
  return arguments;
}

void make_synthetic(const SyntheticData& synthetic, const fs::path& root) {
  tell("generating " + std::to_string(synthetic.studies + synthetic.valid) + " studies in " +
       root.string());
  fs::create_directories(root.parent_path());
  run_worker({"data", "synth", root.string(), "--studies", std::to_string(synthetic.studies),
              "--valid", std::to_string(synthetic.valid), "--size",
              std::to_string(synthetic.image_px), "--seed", std::to_string(synthetic.seed)},
             "generate the data", root);
}

std::vector<int> missing_resolutions(const std::vector<int>& wanted, const DataFacts& facts) {
  std::vector<int> missing;
  for (const int resolution : wanted) {
    if (!find_cache(facts.source.cache, resolution, facts.source.manifest)) {
      missing.push_back(resolution);
    }
  }
  return missing;
}

std::string joined(const std::vector<int>& resolutions) {
  std::string text;
  for (const int one : resolutions) text += (text.empty() ? "" : ",") + std::to_string(one);
  return text;
}

void make_cache(const std::vector<int>& wanted, const DataFacts& facts) {
  const attempt::DataSource& source = facts.source;
  const auto missing = missing_resolutions(wanted, facts);
  if (missing.empty()) return;
  tell("preparing images at " + joined(missing) + " px in " + source.cache);
  Arguments arguments{"data",          "prepare",    source.root,
                      "--cache",       source.cache, "--resolution",
                      joined(missing), "--threads",  std::to_string(list_cpus().usable())};
  const Arguments labels = label_arguments(source.labels);
  arguments.insert(arguments.end(), labels.begin(), labels.end());
  run_worker(arguments, "prepare the images of", source.root);
  if (const auto still = missing_resolutions(wanted, facts); !still.empty()) {
    throw Error(
        ExitCode::environment, "prepare the images of", source.root,
        "radsweep-worker left the cache at " + joined(still) + " px incomplete in " + source.cache,
        "radsweep-worker and radsweep of the same version");
  }
}

DataFacts locate(const Sweep& sweep, const Store& store) {
  DataFacts facts;
  const fs::path root = data_root(sweep.data, store);
  facts.source.root = root.string();
  facts.source.labels = sweep.data.labels;
  if (!has_data(root)) {
    throw Error(ExitCode::environment, "read the data", root.string(),
                "there is no train.csv or no valid.csv",
                "data: chexpert: names the folder that holds both, often CheXpert-v1.0 or "
                "CheXpert-v1.0-small");
  }
  facts.source.manifest = attempt::data_manifest(root, sweep.data.labels);
  facts.source.cache = cache_folder(sweep.data, store, facts.source.manifest).string();
  return facts;
}

void take_counts(const CacheManifest& manifest, DataFacts& facts) {
  facts.train_images = manifest.train_images;
  facts.train_studies = manifest.train_studies;
}

// Asks the worker to read and check the CSV files, when no cache holds the counts.
void count_by_worker(DataFacts& facts) {
  Arguments arguments{"data", "check", facts.source.root, "--json"};
  const Arguments labels = label_arguments(facts.source.labels);
  arguments.insert(arguments.end(), labels.begin(), labels.end());
  const ChildEnd end = run_child(worker_program(), arguments, ChildOutput::captured);
  const auto counts = nlohmann::json::parse(end.output, nullptr, /*allow_exceptions=*/false);
  if (!end.succeeded() || !counts.is_object() || !counts.contains("train_images") ||
      !counts.contains("train_studies")) {
    throw Error(ExitCode::environment, "use the data", facts.source.root,
                end.succeeded() ? "radsweep-worker data check printed no counts"
                                : "radsweep-worker data check ended with " + describe(end),
                "radsweep data check " + facts.source.root);
  }
  facts.train_images = counts["train_images"].get<long>();
  facts.train_studies = counts["train_studies"].get<long>();
}

// A program of the user's finds its data by itself.
DataFacts no_data() {
  DataFacts facts;
  facts.source.manifest = "none";
  return facts;
}

}  // namespace

fs::path worker_program() {
  if (const char* named = std::getenv("RADSWEEP_WORKER"); named && *named) {
    if (::access(named, X_OK) == 0) return fs::absolute(named);
    throw Error(ExitCode::environment, "start the worker", named,
                "RADSWEEP_WORKER names it, but it is not a program",
                "unset RADSWEEP_WORKER, or name the radsweep-worker program");
  }
  const fs::path beside_us = fs::read_symlink("/proc/self/exe").parent_path() / "radsweep-worker";
  if (::access(beside_us.c_str(), X_OK) == 0) return beside_us;
  throw Error(ExitCode::environment, "start the worker", beside_us.string(),
              "there is no such program", "build it (./dev build), or set RADSWEEP_WORKER");
}

DataFacts prepare_data(const Sweep& sweep, const Store& store) {
  if (sweep.trainer) return no_data();
  const fs::path root = data_root(sweep.data, store);
  if (sweep.data.synthetic && !has_data(root)) make_synthetic(*sweep.data.synthetic, root);
  DataFacts facts = locate(sweep, store);
  make_cache(sweep.grid.resolutions, facts);
  take_counts(*find_cache(facts.source.cache, sweep.grid.resolutions.at(0), facts.source.manifest),
              facts);
  return facts;
}

DataFacts inspect_data(const Sweep& sweep, const Store& store, std::vector<std::string>& missing) {
  if (sweep.trainer) return no_data();
  const fs::path root = data_root(sweep.data, store);
  if (sweep.data.synthetic && !has_data(root)) {
    DataFacts facts;
    facts.source.root = root.string();
    facts.source.labels = sweep.data.labels;
    facts.train_studies = std::lround(kUsableSynthetic * sweep.data.synthetic->studies);
    facts.train_images =
        std::lround(kViewsPerSyntheticStudy * static_cast<double>(facts.train_studies));
    missing.push_back("generated data: " + root.string());
    missing.push_back("images at " + joined(sweep.grid.resolutions) + " px");
    return facts;
  }
  DataFacts facts = locate(sweep, store);
  const auto absent = missing_resolutions(sweep.grid.resolutions, facts);
  if (!absent.empty()) {
    missing.push_back("images at " + joined(absent) + " px: " + facts.source.cache);
  }
  for (const int resolution : sweep.grid.resolutions) {
    if (const auto cache = find_cache(facts.source.cache, resolution, facts.source.manifest)) {
      take_counts(*cache, facts);
      return facts;
    }
  }
  count_by_worker(facts);
  return facts;
}

}  // namespace radsweep::orchestrator
