// radsweep weights: handed over to radsweep-worker, which knows networks.
#include <CLI/CLI.hpp>

#include "orchestrator/commands/hand_over.h"
#include "orchestrator/commands/verbs.h"

namespace radsweep::orchestrator {
namespace {

constexpr const char* kFooter = R"(
Reads torchvision's files, old or new, its state dicts and timm's, and runs nothing in them.

Examples:
  radsweep weights import densenet121-a639ec97.pth -o weights/densenet121.safetensors
  radsweep weights import --help
)";

}  // namespace

void add_weights(CLI::App& app, int&) {
  CLI::App* verb = app.add_subcommand("weights", "Import ImageNet weights");
  verb->footer(kFooter);
  verb->require_subcommand(1);
  add_handed_over(*verb, "import", "Convert ImageNet weights to safetensors");
}

}  // namespace radsweep::orchestrator
