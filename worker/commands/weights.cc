#include "worker/commands/weights.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <iostream>
#include <memory>
#include <string>

#include "base/error.h"
#include "worker/model/import/import_weights.h"

namespace radsweep::commands {
namespace {

struct ImportArguments {
  std::string source, target;
};

void import_file(const ImportArguments& arguments) {
  const model::ImportReport report = model::import_weights(arguments.source, arguments.target);
  std::cout << report.architecture << ": " << report.tensors << " tensors\n"
            << "from  " << arguments.source << " (" << report.format << ", sha256 "
            << report.source_sha256 << ")\n"
            << "to    " << arguments.target << " (safetensors, sha256 " << report.target_sha256
            << ")\n";
  const auto note = [](std::size_t count, const char* what) {
    if (count > 0) std::cout << "note  " << count << ' ' << what << '\n';
  };
  note(report.renamed, "names of 2017 written as today's (norm.1 is norm1)");
  note(report.counters_added, "batch counters (num_batches_tracked) were missing and are 0");
  note(report.converted, "tensors converted to float32");
}

constexpr const char* kFooter = R"(
FILE is the state dict of torchvision's or timm's densenet121, 161, 169 or 201: a safetensors file
or a .pth file of torch.save, of any age. It is read as data; no code in it is ever run.

Example:
  radsweep weights import densenet121-a639ec97.pth -o weights/densenet121.safetensors
)";

}  // namespace

void add_weights_verbs(CLI::App& app, int& exit_code) {
  CLI::App* weights = app.add_subcommand("weights", "convert weights to start the training from");
  weights->require_subcommand(1);
  CLI::App* verb = weights->add_subcommand("import", "convert ImageNet weights to safetensors");
  const auto arguments = std::make_shared<ImportArguments>();
  verb->footer(kFooter);
  verb->add_option("FILE", arguments->source, "weights from torchvision or timm")->required();
  verb->add_option("-o,--output", arguments->target, "safetensors file to write")->required();
  verb->callback([arguments, &exit_code] {
    import_file(*arguments);
    exit_code = static_cast<int>(ExitCode::complete);
  });
}

}  // namespace radsweep::commands
