// radsweep data: handed over to radsweep-worker, which knows images.
#include <CLI/CLI.hpp>

#include "orchestrator/commands/hand_over.h"
#include "orchestrator/commands/verbs.h"

namespace radsweep::orchestrator {
namespace {

constexpr const char* kFooter = R"(
Each of them explains itself: radsweep data check --help. `radsweep run` prepares and generates
what it needs by itself.

Examples:
  radsweep data check /data/CheXpert-v1.0
  radsweep data prepare /data/CheXpert-v1.0 --cache /scratch/images --resolution 160,320,480
  radsweep data synth /tmp/made-up --studies 1000 --valid 200 --size 96
)";

}  // namespace

void add_data(CLI::App& app, int&) {
  CLI::App* verb = app.add_subcommand("data", "Check, prepare or generate data");
  verb->footer(kFooter);
  verb->require_subcommand(1);
  add_handed_over(*verb, "check", "Count a data set and list all that is wrong in it");
  add_handed_over(*verb, "prepare", "Resize all images into a cache; resumable");
  add_handed_over(*verb, "synth", "Write a generated data set of CheXpert's shape");
}

}  // namespace radsweep::orchestrator
