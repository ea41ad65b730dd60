#include "worker/commands/export.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "base/error.h"
#include "base/hash.h"
#include "worker/attempt/attempt_files.h"
#include "worker/attempt/result.h"
#include "worker/attempt/spec.h"
#include "worker/model/weights_file.h"

namespace radsweep::commands {
namespace {

namespace fs = std::filesystem;

struct ExportArguments {
  std::string attempt, target;
  bool features_only = false;
};

// The attempt's best weights, certain to be those it was sealed with.
fs::path sealed_weights(const fs::path& folder, const std::optional<attempt::Result>& result) {
  const fs::path weights = folder / attempt::kBestWeights;
  if (!result || result->outcome != attempt::Outcome::done || result->best_epoch < 0) {
    throw Error(ExitCode::usage, "export", folder.string(), "the run is not done",
                "let it end first: radsweep run SWEEP.yaml");
  }
  if (sha256_of_file(weights) != result->best_weights_sha256) {
    throw Error(ExitCode::environment, "export", weights.string(),
                "its SHA-256 is not the one that result.json names",
                "restore the file, or repeat the run");
  }
  return weights;
}

void export_weights(const ExportArguments& arguments) {
  const fs::path folder = arguments.attempt;
  const std::optional<attempt::Result> result = attempt::read_result(folder);
  const fs::path source = sealed_weights(folder, result);
  const attempt::Spec spec = attempt::read_spec(folder);
  model::WeightsFile file = model::read_weights_file(source);
  if (arguments.features_only) {
    std::erase_if(file.tensors, [](const model::NamedTensor& tensor) {
      return !tensor.name.starts_with("features.");
    });
  }
  file.metadata["format"] = "pt";
  file.metadata["architecture"] = spec.architecture.name;
  file.metadata["resolution"] = std::to_string(spec.resolution);
  file.metadata["sweep"] = spec.sweep;
  file.metadata["run"] = spec.run;
  file.metadata["source_sha256"] = result->best_weights_sha256;
  model::write_weights_file(arguments.target, file.tensors, file.metadata);
  std::cout << spec.run << ": " << file.tensors.size() << " tensors of the epoch "
            << result->best_epoch << " with AUC " << result->best_auc << "\nto    "
            << arguments.target << " (safetensors, sha256 " << sha256_of_file(arguments.target)
            << ")\n";
}

}  // namespace

void add_export_verb(CLI::App& app, int& exit_code) {
  CLI::App* verb = app.add_subcommand("export", "write the best weights of a done run");
  const auto arguments = std::make_shared<ExportArguments>();
  verb->add_option("ATTEMPT_FOLDER", arguments->attempt, "folder of the sealed attempt")
      ->required();
  verb->add_option("-o,--output", arguments->target, "safetensors file to write")->required();
  verb->add_flag("--features-only", arguments->features_only, "leave out the head");
  verb->callback([arguments, &exit_code] {
    export_weights(*arguments);
    exit_code = static_cast<int>(ExitCode::complete);
  });
}

}  // namespace radsweep::commands
