// radsweep data: handed over to radsweep-worker, which knows images.
#include <CLI/CLI.hpp>

#include "orchestrator/commands/hand_over.h"
#include "orchestrator/commands/verbs.h"

namespace radsweep::orchestrator {

void add_data(CLI::App& app, int&) {
  CLI::App* verb = app.add_subcommand("data", "Check, prepare or generate data (see data --help)");
  verb->prefix_command();  // every word after it belongs to the worker, --help included
  verb->set_help_flag();
  verb->callback([verb] { hand_over("data", verb->remaining()); });
}

}  // namespace radsweep::orchestrator
