#include "worker/commands/bench.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "worker/train/measure_speed.h"

namespace radsweep::commands {
namespace {

using nlohmann::json;

json to_json(const train::SpeedMeasurement& measured) {
  json phases = json::array();
  for (const train::MeasuredPhase& phase : measured.phases) {
    json steps = json::array();
    for (const train::MeasuredStep& step : phase.steps) {
      steps.push_back({{"images", step.images}, {"seconds", step.seconds}});
    }
    phases.push_back({{"phase", phase.name}, {"steps", steps}});
  }
  return {
      {"device", measured.device}, {"peak_memory_mb", measured.peak_memory_mb}, {"phases", phases}};
}

void print(const json& object) {
  std::cout << object.dump(-1, ' ', false, json::error_handler_t::replace) << std::endl;
}

attempt::WorkerExit measure(const std::filesystem::path& folder,
                            const train::SpeedOptions& options) {
  train::Stage stage = train::Stage::spec;
  try {
    print(to_json(train::measure_speed(attempt::read_spec(folder), folder, options, stage)));
    return attempt::WorkerExit::done;
  } catch (const std::exception& cause) {
    const train::Failure failure = train::classify(cause, stage);
    print({{"error_class", failure.error_class}, {"error", failure.text}});
    return failure.exit;
  }
}

}  // namespace

void add_bench_verb(CLI::App& app, int& exit_code) {
  CLI::App* verb = app.add_subcommand("bench", "Measure how fast one run trains, on noise");
  const auto folder = std::make_shared<std::string>();
  const auto options = std::make_shared<train::SpeedOptions>();
  verb->add_option("FOLDER", *folder, "Folder with a spec.json; receives some files")->required();
  verb->add_option("--steps", options->steps, "Timed steps of each phase")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  verb->add_option("--images-per-study", options->images_per_study, "On average")
      ->check(CLI::Range(1.0, 100.0))
      ->capture_default_str();
  verb->callback(
      [folder, options, &exit_code] { exit_code = static_cast<int>(measure(*folder, *options)); });
}

}  // namespace radsweep::commands
