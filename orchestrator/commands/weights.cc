// radsweep weights: handed over to radsweep-worker, which knows networks.
#include <CLI/CLI.hpp>

#include "orchestrator/commands/hand_over.h"
#include "orchestrator/commands/verbs.h"

namespace radsweep::orchestrator {

void add_weights(CLI::App& app, int&) {
  CLI::App* verb =
      app.add_subcommand("weights", "Import ImageNet weights (see weights import --help)");
  verb->prefix_command();  // every word after it belongs to the worker, --help included
  verb->set_help_flag();
  verb->callback([verb] { hand_over("weights", verb->remaining()); });
}

}  // namespace radsweep::orchestrator
