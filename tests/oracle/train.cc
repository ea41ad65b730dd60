#include <ATen/Parallel.h>

#include <nlohmann/json.hpp>

#include "base/durable_file.h"
#include "tests/oracle/oracle.h"
#include "worker/model/initialise.h"
#include "worker/model/pretrained.h"
#include "worker/train/memory_format.h"
#include "worker/train/training_run.h"

namespace radsweep::oracle {
namespace {

nlohmann::json batches_of(const data::Dataset& dataset, const attempt::Spec& spec, int epochs) {
  nlohmann::json all = nlohmann::json::array();
  const auto size = static_cast<std::size_t>(spec.recipe.studies_per_batch);
  for (int epoch = 0; epoch < epochs; ++epoch) {
    const auto order = data::shuffled_order(dataset.train.size(), spec.seed, epoch);
    nlohmann::json batches = nlohmann::json::array();
    for (std::size_t i = 0; i < order.size(); ++i) {
      if (i % size == 0) batches.push_back(nlohmann::json::array());
      batches.back().push_back(dataset.train[order[i]].key);
    }
    if (spec.recipe.drop_last && order.size() % size != 0) batches.erase(batches.size() - 1);
    all.push_back(batches);
  }
  return all;
}

}  // namespace

void train(const Arguments& arguments) {
  const std::filesystem::path folder = arguments.at(0);
  const attempt::Spec spec = attempt::read_spec(folder);
  at::set_num_threads(spec.slot.threads);
  const data::Dataset dataset = data::load_dataset(spec.data.root, spec.data.labels);
  const data::ImageCache cache(spec.data.cache, spec.resolution);
  model::StudyClassifier model(model::options_of(spec.architecture, spec.recipe));
  model::initialise(model, spec.seed);
  model::save_weights(model, folder / "initial.safetensors");
  train::place(model, at::kCPU);
  const int epochs = train::epochs_of(spec.recipe);
  replace_file(folder / "batches.json", batches_of(dataset, spec, epochs).dump());

  attempt::EventLog events(folder);
  const train::TrainingRun* under_way = nullptr;
  int saved = 0;
  const auto save_finished_epochs = [&] {
    if (under_way->progress().epoch == saved) return false;
    model::save_weights(model, folder / ("epoch-" + std::to_string(saved++) + ".safetensors"));
    return false;  // no stop is wanted
  };
  train::TrainingRun run(
      {spec, folder, dataset, cache, at::kCPU, save_finished_epochs, [] { return 0.0; }}, model,
      events);
  under_way = &run;
  run.run();
  save_finished_epochs();
}

}  // namespace radsweep::oracle
